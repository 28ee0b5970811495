"""Run the tests in this folder in the Krita of another Debian: trixie's (Krita 5.2, Python 3.13) unless told otherwise.

    sudo python3 tests/krita/newer_krita.py [--suite sid | --suite experimental] [-- WORDS FOR PYTEST]

Needs: a Debian (or a relative) with `debootstrap` and `xvfb`, the environment that `python3 install.py test` makes,
2 GB of disk and, the first time, a download of about 400 MB. Needs root, for chroot and mounts. Debootstrap makes the
other Debian once, below --folder; later runs find it there, and --remove takes it away. Krita runs inside of it;
pytest, Xvfb and the backend run on this machine as always.

The mounts are made in a namespace of their own: however a run ends, it leaves none behind. The closing line is
pytest's, and so is the exit status.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

ROOT_VARIABLE = "HUEBRUSH_KRITA_ROOT"
"""The environment variable that tells the tests where the other Debian lies."""
HOST_INSIDE = "/host"
"""Where the other Debian sees this machine's files: chroot to it leads back."""

_ROOT = Path(__file__).resolve().parents[2]
_NAMESPACE_VARIABLE = "HUEBRUSH_TEST_NAMESPACE"
_NAMESPACE = ("unshare", "--mount", "--propagation", "private")
_APT_OPTIONS = 'Acquire::Check-Valid-Until "false";\n'
"""A mirror may lag behind; what it holds is signed all the same."""
_EXPERIMENTAL = "experimental"
"""The suite that holds single packages on top of sid's, among them Krita 6."""
_DPKG_OPTIONS = "force-unsafe-io\npath-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\n"
"""A system that can be made again need not survive a power cut, and nobody reads in it."""
_INCOMPLETE, _COMPLETE = "incomplete", "complete"


class System:
    """The other Debian: `folder` holds its files, and a note beside it says whether it is complete."""

    def __init__(self, home: Path, suite: str) -> None:
        self.folder = home.resolve() / suite
        self._suite = suite
        self._note = self.folder.with_name(f"{suite}.state")

    def prepare(self, mirror: str) -> None:
        """Make the system unless it is complete; what an interrupted run has left is made anew. Ends the program with
        a sentence when a command fails, or when the folder is not ours."""
        if self._state() == _COMPLETE:
            return
        self.remove()
        self.folder.mkdir(parents=True)
        self._note.write_text(_INCOMPLETE)
        on_top = self._suite == _EXPERIMENTAL
        _run("debootstrap", "--variant=minbase", "sid" if on_top else self._suite, str(self.folder), mirror)
        if on_top:
            sources = self.folder / "etc" / "apt" / "sources.list.d" / f"{_EXPERIMENTAL}.list"
            sources.write_text(f"deb {mirror} {_EXPERIMENTAL} main\n")
        (self.folder / "etc" / "dpkg" / "dpkg.cfg.d" / "tests").write_text(_DPKG_OPTIONS)
        (self.folder / "etc" / "apt" / "apt.conf.d" / "tests").write_text(_APT_OPTIONS)
        # One at a time: debootstrap's own --include cannot resolve Krita's dependencies.
        self._run_inside("apt-get", "-qq", "update")
        binding = "python3-pyqt6" if on_top else "python3-pyqt5"
        packages = ("krita", binding, f"{binding}.sip", "fonts-dejavu-core")
        release = ("--target-release", _EXPERIMENTAL) if on_top else ()
        self._run_inside("apt-get", "-qq", "--yes", "--no-install-recommends", *release, "install", *packages)
        self._run_inside("apt-get", "clean")
        self._note.write_text(_COMPLETE)

    def remove(self) -> None:
        """Delete the system. Ends the program when the folder is not one that this program made."""
        if self.folder.exists():
            if not self._state():
                sys.exit(f"{self.folder} was not made by this program; choose another --folder")
            shutil.rmtree(self.folder)
        self._note.unlink(missing_ok=True)

    def share(self, folders: Sequence[Path]) -> None:
        """Show this machine's `folders` at their places inside, and all of its files below `HOST_INSIDE`."""
        host = self.folder / HOST_INSIDE.lstrip("/")
        for source, target in [(Path("/"), host), *((it, self.folder / it.relative_to("/")) for it in folders)]:
            target.mkdir(parents=True, exist_ok=True)
            _run("mount", "--rbind", str(source), str(target))

    def versions(self) -> str:
        """Return the versions of Krita and of its Python."""
        words = ["chroot", str(self.folder), "dpkg-query", "--show", "--showformat=${Package} ${Version}  "]
        return subprocess.run([*words, "krita", "python3"], capture_output=True, text=True, check=False).stdout.strip()

    def _state(self) -> str:
        return self._note.read_text() if self._note.exists() else ""

    def _run_inside(self, *words: str) -> None:
        _run("chroot", str(self.folder), "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", *words)


def main() -> int:
    """Enter the namespace, prepare the system, run the tests, and return pytest's exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--suite", default="trixie", help="the Debian suite (default: trixie)")
    parser.add_argument("--folder", type=Path, default=Path("/var/cache/huebrush-krita"), help="where systems are kept")
    parser.add_argument("--mirror", default="http://deb.debian.org/debian", help="where Debian's packages come from")
    parser.add_argument("--remove", action="store_true", help="delete the system after the tests")
    parser.add_argument("pytest", nargs="*", help="after --: passed on to pytest, such as -x or a test's name")
    arguments = parser.parse_args()
    system = System(arguments.folder, arguments.suite)
    if _NAMESPACE_VARIABLE in os.environ:
        become_pytest(system, arguments.mirror, arguments.pytest)
    if os.geteuid() != 0:
        parser.error("this needs root, for chroot and mounts: put sudo before it")
    missing = [name for name in ("debootstrap", "Xvfb", "unshare") if shutil.which(name) is None]
    if missing:
        parser.error(f"missing: {', '.join(missing)}. On Debian: apt-get install debootstrap xvfb util-linux")
    if not _python().exists():
        parser.error(f"there is no {_python()}; run “python3 install.py test” first")
    words = [*_NAMESPACE, sys.executable, *sys.argv]
    child = subprocess.Popen(words, env={**os.environ, _NAMESPACE_VARIABLE: "1"})
    # Interrupted, pytest ends its Kritas; terminated, it would not. Ctrl+C reaches it by itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: child.send_signal(signal.SIGINT))
    status = child.wait()
    if arguments.remove:
        system.remove()
    return status


def become_pytest(system: System, mirror: str, words: Sequence[str]) -> NoReturn:
    """Prepare `system` and mount into it, then run pytest with `words` in place of this program."""
    system.prepare(mirror)
    # Krita's home, its sockets and the test's files lie in /tmp, the example and the manual's pictures in the project.
    system.share([Path("/proc"), Path("/dev"), Path("/sys"), Path("/tmp"), _ROOT])
    print(f"Testing in Debian {system.folder.name}: {system.versions()}", flush=True)
    tests = [] if any(word.startswith("tests/") for word in words) else ["tests/krita"]
    os.chdir(_ROOT)
    # Nothing of root's is to remain in the project.
    environment = {**os.environ, ROOT_VARIABLE: str(system.folder), "TMPDIR": "/tmp", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [str(_python()), "-m", "pytest", "-p", "no:cacheprovider", *tests, *words]
    os.execve(command[0], command, environment)


def _python() -> Path:
    return _ROOT / ".venv" / "bin" / "python"


def _run(*words: str) -> None:
    """Run a command; end the program when it fails."""
    if subprocess.run(words, check=False).returncode:
        sys.exit(f"failed: {' '.join(words)}")


if __name__ == "__main__":
    sys.exit(main())

"""Run these tests with the Krita of a newer Debian (trixie: Krita 5.2, Python 3.13), in a folder made by debootstrap.

    sudo python tests/krita/newer_krita.py [--suite trixie] [--folder FOLDER] [pytest options]

The first run downloads about 700 MB into the folder; later ones use what is there. Needs root, for chroot and mounts.
Krita runs inside the folder, everything else (pytest, Xvfb, the backend's Python) comes from this machine.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PACKAGES = ("krita", "python3-pyqt5", "python3-pyqt5.sip", "fonts-dejavu-core", "xauth")


def main() -> int:
    """Prepare the folder, mount what the tests share, run them, unmount."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", default="trixie", help="Debian suite (default: trixie)")
    parser.add_argument("--folder", type=Path, default=None, help="where the system lies (default: in ~/.cache)")
    parser.add_argument("--mirror", default="http://deb.debian.org/debian")
    arguments, pytest_options = parser.parse_known_args()
    if os.geteuid() != 0:
        parser.error("this needs root, for chroot and mounts")
    folder = (arguments.folder or Path.home() / ".cache" / "huebrush-krita" / arguments.suite).resolve()
    prepare(folder, arguments.suite, arguments.mirror)
    # The backend's Python must be found at the same place inside; Krita's home lies below /tmp.
    shared = {Path("/proc"), Path("/dev"), Path("/sys"), Path("/tmp"), ROOT, Path(sys.base_prefix), Path(sys.prefix)}
    mounted: list[Path] = []
    try:
        for source in sorted(shared):
            if source == Path("/usr") or any(source.is_relative_to(done) for done in mounted if done != Path("/")):
                continue
            mount(source, folder)
            mounted.append(source)
        tests = [] if any(option.startswith(str(HERE)) or "::" in option for option in pytest_options) else [str(HERE)]
        words = [sys.executable, "-m", "pytest", *tests, *pytest_options]
        return subprocess.run(words, env={**os.environ, "HUEBRUSH_KRITA_ROOT": str(folder)}, check=False).returncode
    finally:
        for source in reversed(mounted):
            subprocess.run(["umount", "--lazy", str(inside(source, folder))], check=False)


def prepare(folder: Path, suite: str, mirror: str) -> None:
    """Install a minimal Debian and Krita into `folder` unless they are there."""
    if (folder / "usr" / "bin" / "krita").exists():
        return
    if not (folder / "etc" / "debian_version").exists():
        folder.mkdir(parents=True, exist_ok=True)
        run("debootstrap", "--variant=minbase", "--include=ca-certificates", suite, str(folder), mirror)
    shutil.copy("/etc/resolv.conf", folder / "etc" / "resolv.conf")
    run("chroot", str(folder), "apt-get", "update")
    install = ("apt-get", "install", "--yes", "--no-install-recommends", *PACKAGES)
    run("chroot", str(folder), "env", "DEBIAN_FRONTEND=noninteractive", *install)


def inside(source: Path, folder: Path) -> Path:
    """Return where `source` of this machine is seen below `folder`."""
    return folder / source.relative_to("/")


def mount(source: Path, folder: Path) -> None:
    """Show `source` at the same place inside `folder`."""
    target = inside(source, folder)
    target.mkdir(parents=True, exist_ok=True)
    run("mount", "--bind", str(source), str(target))


def run(*words: str) -> None:
    """Run a command; end with what it said when it fails."""
    if subprocess.run(words, check=False).returncode:
        sys.exit(f"failed: {' '.join(words)}")


if __name__ == "__main__":
    sys.exit(main())

"""A real Krita on a screen of its own (Xvfb), in a new home, with the plugin installed by install.py.

With `HUEBRUSH_KRITA_ROOT` set to the folder of another Debian (newer_krita.py does it), that one's Krita runs instead,
and the backend that it starts runs on this machine's Python all the same.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, BinaryIO

import psutil
from newer_krita import HOST_INSIDE, ROOT_VARIABLE

ROOT = Path(__file__).resolve().parents[2]
DRIVER = Path(__file__).parent / "driver"
DRIVER_ENTRY = """[Desktop Entry]
Type=Service
ServiceTypes=Krita/PythonPlugin
X-KDE-Library=huebrush_driver
X-Python-2-Compatible=false
Name=Huebrush test driver
Comment=Runs what the tests send over a socket; installed by the tests only
"""
"""Makes the driver a plugin. It is no file of the project: given the project's address, Krita would install it too."""
_TEST_BACKEND = [sys.executable, str(Path(__file__).parent / "backend_for_tests.py")]
PAINTING_BACKEND = [*_TEST_BACKEND, "painting_engine"]
"""The command for a backend that paints at once, without a model."""
BRUSHING_BACKEND = [*_TEST_BACKEND, "brushing_engine"]
"""The command for a backend that makes brushed edits, each in one even colour, without a model."""
RECORDING_BACKEND = [sys.executable, str(Path(__file__).parent / "recording_backend.py")]
"""The command for a backend that writes down what it gets, to be followed by the folder for that."""
PATIENCE = 150.0
"""Seconds after which something that must happen counts as not happening (generous: machines can be busy)."""
START_PATIENCE = 450.0
"""The same for Krita's first start in a new home, which takes it half a minute even on a quiet machine."""
OTHER_SYSTEM = os.environ.get(ROOT_VARIABLE)
"""The folder of the Debian whose Krita is tested, None for this machine's."""
_DATA, _CONFIG = Path("data") / "krita", Path("config")
"""Krita's folders in a home."""
_NOTE = "installation.json"
"""Tells the plugin how to start the backend."""
FOREIGN = ("PYTHON", "VIRTUAL_ENV", "QT_", "LD_LIBRARY_PATH", "XDG_", "HUEBRUSH_", "DISPLAY", "WAYLAND", "LC_", "LANG")


class KritaError(Exception):
    """Krita could not do what the test asked; carries Krita's traceback or output."""


class KritaHung(KritaError):
    """Krita answers no longer; carries where it is."""


class KritaProgram:
    """Krita, driven from inside by its test driver plugin."""

    def __init__(
        self,
        backend: list[str] | None = None,
        install: bool = True,
        like: Path | None = None,
        load_ahead: bool = False,
    ) -> None:
        """Start Krita in a new home: a copy of the one at `like` (see `prepare_home`), or one with nothing in it but
        the plugin. `backend`: another command for the plugin to start its backend with; `install=False` leaves the
        backend unknown to the plugin; `load_ahead`: as the plugin does by itself, start the backend and load the
        model when the docker is seen beside a document, not when the test says so."""
        self.home = Path(tempfile.mkdtemp(prefix="hb-krita-"))
        self._socket = self.home / "driver.sock"
        self._log = (self.home / "krita.log").open("wb")
        self._printed = ""
        self.data, self.config = self.home / _DATA, self.home / _CONFIG
        for folder in (self.home / "cache", self.home / "run"):
            folder.mkdir(0o700)
        if like is None:
            _install(self.home)
        else:
            for folder in (_DATA, _CONFIG):
                shutil.copytree(like / folder, self.home / folder)
        self._set_backend(backend, install)
        self._set_load_ahead(load_ahead)
        try:
            self._screen, display = start_screen(self._log)
        except OSError as error:
            raise KritaError(f"{error}:\n{self.output()}") from error
        environment = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        environment |= {
            "HOME": str(self.home),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_CONFIG_HOME": str(self.config),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "XDG_RUNTIME_DIR": str(self.home / "run"),
            "LANG": "C.UTF-8",
            "DISPLAY": display,
            "HUEBRUSH_DRIVER_SOCKET": str(self._socket),
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "2"),
        }
        command = [*(["chroot", OTHER_SYSTEM] if OTHER_SYSTEM else []), "krita", "--nosplash"]
        self._krita = subprocess.Popen(
            command, env=environment, stdout=self._log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            window = "app.activeWindow() is not None and app.activeWindow().qwindow()"
            docker = "findChild(hands.QtWidgets.QDockWidget, 'huebrush') is not None"
            self.wait_for(f"{window}.{docker}", "Krita's window with the docker", START_PATIENCE)
            self.run("hands.docker(); hands.spin(0.5)")
        except BaseException:
            self.stop()
            raise

    @property
    def pid(self) -> int:
        """Krita's process id."""
        return self._krita.pid

    @property
    def is_running(self) -> bool:
        """True until Krita has ended."""
        return self._krita.poll() is None

    def run(self, code: str) -> Any:
        """Run `code` in Krita and return what it leaves in `result`. Raises `KritaError`, `KritaHung` too."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(PATIENCE)
                connection.connect(str(self._socket))
                with connection.makefile("rwb") as stream:
                    stream.write(json.dumps({"code": code}).encode() + b"\n")
                    stream.flush()
                    line = stream.readline()
        except ConnectionError:
            line = b""
        except TimeoutError:
            raise KritaHung(f"no answer for {PATIENCE:.0f} s to {code!r}:\n{self._where_it_is()}") from None
        if not line:
            raise KritaError(f"Krita went away while running {code!r}:\n{self.output()}")
        answer = json.loads(line)
        if "error" in answer:
            raise KritaError(f"in Krita, {code!r}:\n{answer['error']}")
        return answer["result"]

    def _where_it_is(self) -> str:
        """Return the end of what Krita printed and where its threads are: in Python, in the system, and, where a
        debugger is installed, in Krita's own functions."""
        os.kill(self.pid, signal.SIGUSR1)
        time.sleep(1.0)  # the driver prints meanwhile
        told = [self.output()]
        for thread in sorted(Path(f"/proc/{self.pid}/task").iterdir()):
            comm, stat, wchan = ((thread / name).read_text("utf-8", "replace") for name in ("comm", "stat", "wchan"))
            after_name = stat.rpartition(")")[2].split()
            told.append(f"{thread.name} {comm.strip()}: {after_name[0]} {wchan}, {after_name[11]} ticks")
        if debugger := shutil.which("gdb"):
            command = [debugger, "-p", str(self.pid), "-batch", "-ex", "thread apply all backtrace 40"]
            told.append(subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False).stdout)
        return "\n".join(told)

    def value(self, expression: str) -> Any:
        """Return the value of `expression` in Krita."""
        return self.run(f"result = {expression}")

    def wait_for(self, expression: str, what: str, seconds: float = PATIENCE) -> Any:
        """Wait until `expression` is true in Krita and return its value; fail, saying what was waited for."""
        deadline = time.monotonic() + seconds
        while True:
            if self._krita.poll() is not None:
                raise KritaError(f"Krita ended with status {self._krita.returncode}:\n{self.output()}")
            found = self._socket.exists() and self.value(f"({expression}) or False")
            if found:
                return found
            if time.monotonic() > deadline:
                state = self.value("[hands.job(), hands.banner()]") if self._socket.exists() else self.output()
                raise KritaError(f"waited in vain for {what}; {state}")
            time.sleep(0.1)

    def settled(self, expression: str, expected: Any) -> Any:
        """Return the value of `expression` once it is `expected`, or after `PATIENCE` whatever it is: undo and redo
        go on in Krita's own threads."""
        deadline = time.monotonic() + PATIENCE
        while (value := self.value(expression)) != expected and time.monotonic() < deadline:
            time.sleep(0.1)
        return value

    def wait_for_end(self, seconds: float = PATIENCE) -> str:
        """Wait until the active document's job has ended and return its stage."""
        ended = "('done', 'failed', 'cancelled', 'unplaced')"
        return self.wait_for(
            f"hands.job() and hands.job()['stage'] in {ended} and hands.job()['stage']", "the end", seconds
        )

    def wait_for_banner(self, code: str) -> dict[str, str]:
        """Wait until the banner shows the problem `code` and return what it says."""
        return self.wait_for(f"(hands.banner() or {{}}).get('code') == {code!r} and hands.banner()", f"banner {code}")

    def output(self) -> str:
        """Return the end of what Krita printed; also after `stop`."""
        log = self.home / "krita.log"
        return log.read_text("utf-8", "replace")[-4000:] if log.exists() else self._printed

    def stop(self) -> None:
        """End Krita the hard way (its documents are the test's own), its backend, its screen; remove its home."""
        if self._krita.poll() is None:
            started = psutil.Process(self._krita.pid).children(recursive=True)
            os.killpg(self._krita.pid, signal.SIGKILL)
            self._krita.wait(PATIENCE)
            for process in started:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            psutil.wait_procs(started, PATIENCE)
        stop_screen(self._screen)
        self._log.close()
        self._printed = self.output()
        shutil.rmtree(self.home, ignore_errors=True)

    def quit(self) -> int:
        """Let Krita end as File > Quit does, and return its exit status."""
        self.run("hands.close_all()")
        self.run("hands.QtCore.QTimer.singleShot(0, lambda: app.action('file_quit').trigger())")
        return self._krita.wait(PATIENCE)

    def _set_load_ahead(self, load_ahead: bool) -> None:
        file = self.data / "huebrush" / "settings.json"
        settings = json.loads(file.read_text("utf-8")) if file.exists() else {}
        file.write_text(json.dumps({**settings, "load_ahead": load_ahead}), "utf-8")

    def _set_backend(self, backend: list[str] | None, install: bool) -> None:
        note = self.data / "huebrush" / _NOTE
        if not install:
            note.unlink()
            return
        content = json.loads(note.read_text("utf-8"))
        leave = ["/usr/sbin/chroot", HOST_INSIDE] if OTHER_SYSTEM else []
        content["command"] = [*leave, *(backend or content["command"])]
        note.write_text(json.dumps(content), "utf-8")


def start_screen(log: BinaryIO) -> tuple[subprocess.Popen[bytes], str]:
    """Start an X server without a screen, which prints into `log`; return it and what to set DISPLAY to. Raises
    `OSError`."""
    reading, writing = os.pipe()
    words = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x1000x24", "-nolisten", "tcp", "-noreset"]
    process = subprocess.Popen(words, pass_fds=[writing], stdout=log, stderr=subprocess.STDOUT)
    os.close(writing)
    deadline = time.monotonic() + PATIENCE
    with os.fdopen(reading) as stream:
        number = stream.readline().strip() if select.select([stream], [], [], PATIENCE)[0] else ""
    while not (number and _answers(number)):
        if not number or time.monotonic() > deadline or process.poll() is not None:
            process.kill()
            process.wait(PATIENCE)
            raise OSError("Xvfb does not answer")
        time.sleep(0.05)
    return process, f":{number}"


def stop_screen(process: subprocess.Popen[bytes]) -> None:
    """End an X server that `start_screen` started."""
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(PATIENCE)


def prepare_home(folder: Path) -> None:
    """Make `folder` a home with the plugin, for Kritas to be started in copies of it, with settings never used but all
    the resources that Krita makes at its first start: without them each start takes it half a minute."""
    _install(folder)
    krita = KritaProgram(like=folder)
    try:
        krita.quit()
        backend = shutil.ignore_patterns(_NOTE)
        shutil.copytree(krita.data, folder / _DATA, ignore=backend, dirs_exist_ok=True)
    finally:
        krita.stop()


def _install(home: Path) -> None:
    """Have install.py put the plugin into a home, and put the driver beside it. Raises `KritaError`."""
    data, config = home / _DATA, home / _CONFIG
    for folder in (data, config):
        folder.mkdir(parents=True)
    options = ["--krita-data", str(data), "--krita-config", str(config), "--python", sys.executable]
    words = [sys.executable, str(ROOT / "install.py"), "plugin", *options]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=4 * PATIENCE)
    if done.returncode:
        raise KritaError(f"install.py plugin failed:\n{done.stdout}{done.stderr}")
    for source in DRIVER.iterdir():
        shutil.copytree(source, data / "pykrita" / source.name)
    (data / "pykrita" / "huebrush_driver.desktop").write_text(DRIVER_ENTRY, "utf-8")
    with (config / "kritarc").open("a", encoding="utf-8") as file:
        file.write("enable_huebrush_driver=true\n")


def _answers(display: str) -> bool:
    """True when an X server lets clients in on this display."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        try:
            connection.connect(f"/tmp/.X11-unix/X{display}")
            connection.sendall(b"l\0" + (11).to_bytes(2, "little") + bytes(8))
            return connection.recv(1) == b"\1"
        except OSError:
            return False

"""One process can hold only one Qt, so the tests in docker/ run in a process of their own for each Qt binding."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PATIENCE = 300
"""Seconds after which a single test is given up; on a quiet machine none takes more than a few."""
PATIENCE_AT_THE_END = 60
"""Seconds that the process may take to end."""
WITHOUT = ("cacheprovider", "hypothesispytest", "xdist")
"""Plugins that its pytest has no use for; two of them take long to import."""


class ProcessEndedError(Exception):
    """The process has ended when it should not have, or badly; the message holds what it printed."""


@dataclass(frozen=True)
class DockerTest:
    """A test in docker/, as the process describes it; `line` counts from 0."""

    id: str
    file: str
    name: str
    line: int | None


class BindingProcess:
    """Runs the tests in docker/ with one Qt binding (by `binding_program.py`), without a screen and in a new home.

    `words` are options for its pytest. The tests' own folders lie in that home, whose path is short enough for Unix
    sockets.
    """

    def __init__(self, binding: str, words: tuple[str, ...] = ()) -> None:
        self._binding = binding
        self._folder = tempfile.TemporaryDirectory(prefix="hb-", ignore_cleanup_errors=True)
        home = Path(self._folder.name)
        self._printed = home / "printed.txt"
        program = [sys.executable, str(HERE / "binding_program.py"), binding]
        settings = [f"--basetemp={home / 'pytest'}", f"--timeout={PATIENCE}", *(f"-pno:{name}" for name in WITHOUT)]
        with self._printed.open("wb") as printed:
            self._process = subprocess.Popen(
                [*program, *settings, *words],
                env=environment(home),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=printed,
                text=True,
                encoding="utf-8",
            )
        assert self._process.stdin and self._process.stdout
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._tests: list[DockerTest] | None = None
        self._errors: dict[str, str] = {}

    def tests_in(self, file: str) -> list[DockerTest]:
        """Return the tests in the file of this name, in order; raise ImportError, saying why, if it has an error."""
        if self._tests is None:
            answer = self._answer()
            self._tests = [DockerTest(**test) for test in answer["tests"]]
            self._errors = answer["errors"]
        if file in self._errors:
            raise ImportError(self._errors[file])
        return [test for test in self._tests if test.file == file]

    def run(self, test: DockerTest, following: DockerTest | None) -> Iterator[dict[str, Any]]:
        """Run a test and yield its reports as pytest serializes them.

        `following` is the test that will be run next. Without one, what the tests of a file share is ended too.
        """
        self.tests_in(test.file)
        self._ask(run=test.id, next=following.id if following else None)
        while "report" in (answer := self._answer()):
            yield answer["report"]

    def close(self) -> None:
        """End it, and with it the plugin, as Krita does; raise ProcessEndedError if that does not go well."""
        try:
            self._stdin.close()
            code = self._process.wait(PATIENCE_AT_THE_END)
            if code != 0:
                raise ProcessEndedError(self._account(f"ended with {code}"))
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ProcessEndedError(self._account(f"does not end: {error}")) from None
        finally:
            self.kill()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._stdin, self._stdout):
            with suppress(OSError):
                pipe.close()
        self._folder.cleanup()

    def _ask(self, **request: Any) -> None:
        try:
            self._stdin.write(json.dumps(request) + "\n")
            self._stdin.flush()
        except OSError:
            raise ProcessEndedError(self._account("has ended")) from None

    def _answer(self) -> dict[str, Any]:
        line = self._stdout.readline()
        if not line:
            raise ProcessEndedError(self._account("has ended"))
        return json.loads(line)

    def _account(self, what: str) -> str:
        return f"The process with {self._binding} {what}. It said:\n{self._printed.read_text('utf-8', 'replace')}"


def environment(home: Path) -> dict[str, str]:
    """Return the environment for a process in `home`: of the caller's, nothing that concerns Qt, pytest or Huebrush."""
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QT_", "HUEBRUSH_", "PYTEST_"))}
    return {
        **kept,
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": os.pathsep.join([str(HERE / "stand_in"), str(HERE / "docker")]),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_RUNTIME_DIR": str(runtime),
    }

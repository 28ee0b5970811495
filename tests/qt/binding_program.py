"""Run the tests in docker/ one by one, as another process asks for them, with one Qt binding: see `BindingProcess`.

    python binding_program.py BINDING PYTEST_WORD...

It talks in lines of JSON: on its standard output, first which tests there are, then the reports of each that it is
asked for on its standard input. What else is printed goes to standard error.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any, TextIO

import pytest

DOCKER = Path(__file__).resolve().parent / "docker"
FIXTURES = "docker_fixtures"
"""A plugin and no conftest.py, for the process without a Qt would import that too."""


class OneByOne:
    """A pytest plugin that tells which tests there are, runs those that are asked for and tells how it went."""

    def __init__(self, requests: TextIO, answers: TextIO) -> None:
        self._requests = requests
        self._answers = answers
        self._errors: dict[str, str] = {}
        self._config: pytest.Config

    def pytest_configure(self, config: pytest.Config) -> None:
        """Load the fixtures, now that pytest knows the folders they import from."""
        self._config = config
        config.pluginmanager.import_plugin(FIXTURES)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep why a file cannot be imported."""
        if report.failed:
            self._errors[Path(report.nodeid).name] = report.longreprtext

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Tell which tests there are; then run one for each line that comes, until none does."""
        items = {item.nodeid: item for item in session.items}
        tests = [
            {"id": item.nodeid, "file": item.path.name, "name": item.name, "line": item.location[1]}
            for item in session.items
        ]
        self._tell(tests=tests, errors=self._errors)
        none = NoTest.from_parent(session, name="none")
        for line in self._requests:
            request = json.loads(line)
            item, following = items[request["run"]], items.get(request["next"], none)
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            self._tell(finished=item.nodeid)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell how a test's setup, its call or its teardown went."""
        data = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._tell(report=data)

    def _tell(self, **answer: Any) -> None:
        self._answers.write(json.dumps(answer) + "\n")
        self._answers.flush()


class NoTest(pytest.Item):
    """What comes next when that is not known: pytest ends every fixture but those that last to the end."""

    def runtest(self) -> None:
        """Never run."""


def main(binding: str, *words: str) -> int:
    """Run pytest with the binding; return 0 unless something other than a test went wrong."""
    importlib.import_module(f"{binding}.QtCore")  # as Krita does: before any plugin
    requests = os.fdopen(os.dup(sys.stdin.fileno()), encoding="utf-8")
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    errors = os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with requests, answers, errors:
        try:
            code = pytest.main([str(DOCKER), f"--confcutdir={DOCKER}", *words], plugins=[OneByOne(requests, answers)])
        except Exception:  # at the end, when pytest still captures what is printed
            traceback.print_exc(file=errors)
            return 1
    return 0 if code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

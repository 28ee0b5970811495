"""The tests of the docker, each with PyQt5 and with PyQt6, without Krita.

Their `krita` is the small one in stand_in/; what only Krita can show (undo, colour, repainting) is left to tests/krita.
pytest's own process has no Qt: for each binding another one says which tests there are, runs those that are to be run
and sends their reports, which become the reports of the tests here.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from binding_process import BindingProcess, DockerTest, ProcessEndedError

DOCKER = Path(__file__).resolve().parent / "docker"
BINDINGS = ("PyQt5", "PyQt6")


class Processes:
    """The processes with a Qt: one for each binding that is installed, begun when first needed."""

    KEY = pytest.StashKey["Processes"]()

    def __init__(self, config: pytest.Config) -> None:
        options = config.option
        self._words = (
            f"--tb={options.tbstyle}",
            *("-v" for _ in range(options.verbose)),
            *(["--showlocals"] if options.showlocals else []),
        )
        self.installed = tuple(binding for binding in BINDINGS if importlib.util.find_spec(binding) is not None)
        self._begun: dict[str, BindingProcess] = {}

    @classmethod
    def of(cls, config: pytest.Config) -> Processes:
        """Return those of this run."""
        if cls.KEY not in config.stash:
            config.stash[cls.KEY] = cls(config)
        return config.stash[cls.KEY]

    def with_binding(self, binding: str) -> BindingProcess:
        """Return the one with this binding; all are begun at once, and again when they have been lost."""
        for name in self.installed:
            if name not in self._begun:
                self._begun[name] = BindingProcess(name, self._words)
        return self._begun[binding]

    def lose(self, binding: str) -> None:
        """End a process that has failed; the next test gets a new one."""
        self._begun.pop(binding).kill()

    def close(self) -> str:
        """End all of them and return what went wrong."""
        complaints = []
        for binding in list(self._begun):
            try:
                self._begun.pop(binding).close()
            except ProcessEndedError as error:
                complaints.append(str(error))
        return "\n".join(complaints)


class DockerFile(pytest.File):
    """A file of docker/ with its tests, first with one binding and then with the other."""

    def collect(self) -> Iterator[pytest.Item]:
        """Make the tests here that the processes have."""
        processes = Processes.of(self.config)
        for binding in BINDINGS:
            if binding not in processes.installed:
                yield MissingBinding.from_parent(self, name=binding, binding=binding)
                continue
            try:
                tests = processes.with_binding(binding).tests_in(self.path.name)
            except (ImportError, ProcessEndedError) as error:
                raise self.CollectError(str(error)) from None
            for test in tests:
                name, bracket, case = test.name.partition("[")
                name += f"[{binding}-{case}" if bracket else f"[{binding}]"
                nodeid = f"{self.nodeid}::{name}"  # or pytest takes the brackets for a part of the name
                yield DockerItem.from_parent(self, name=name, nodeid=nodeid, binding=binding, test=test)


class MissingBinding(pytest.Item):
    """Stands for the tests of a file that cannot be run."""

    def __init__(self, *, binding: str, **words: Any) -> None:
        super().__init__(**words)
        self._binding = binding

    def runtest(self) -> None:
        """Say so."""
        pytest.skip(f"{self._binding} has no wheels for this platform (see pyproject.toml)")


class DockerItem(pytest.Item):
    """A test of docker/ with one binding."""

    def __init__(self, *, binding: str, test: DockerTest, **words: Any) -> None:
        super().__init__(**words)
        self._binding = binding
        self._test = test

    def runtest(self) -> None:
        """Do nothing: `pytest_runtest_protocol` below has the test run elsewhere."""

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the test is and what it is called."""
        return self.path, self._test.line, self.name

    def reports(self, nextitem: pytest.Item | None) -> list[pytest.TestReport]:
        """Run the test and return its reports."""
        processes = Processes.of(self.config)
        following = nextitem._test if isinstance(nextitem, DockerItem) and nextitem._binding == self._binding else None
        call = pytest.CallInfo.from_call(
            lambda: list(processes.with_binding(self._binding).run(self._test, following)),
            when="call",
            reraise=(KeyboardInterrupt, pytest.exit.Exception),
        )
        if call.excinfo is not None:
            processes.lose(self._binding)
            return [pytest.TestReport.from_item_and_call(self, call)]
        return [self._own_report(data) for data in call.result]

    def _own_report(self, data: dict[str, Any]) -> pytest.TestReport:
        report = self.config.hook.pytest_report_from_serializable(config=self.config, data=data)
        report.nodeid, report.location = self.nodeid, self.location
        return report

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show what a process that has ended said, without this file's own lines."""
        if isinstance(excinfo.value, ProcessEndedError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a file of docker/ without importing it."""
    return DockerFile.from_parent(parent, path=module_path) if module_path.parent == DOCKER else None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Have a test of docker/ run by its process."""
    if not isinstance(item, DockerItem):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in item.reports(nextitem):
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """End the processes; if one ends badly, so does the run."""
    complaints = Processes.of(session.config).close()
    if complaints and exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        pytest.exit(complaints, returncode=pytest.ExitCode.TESTS_FAILED)

"""How all tests are run: untimed, and shared out where several processes run them, as `install.py test` has it."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("OMP_NUM_THREADS", "1")
"""For PyTorch, here and in the processes that tests start, and before any conftest.py imports it: the networks of tests
are small, and two threads that wait for each other on a busy machine take many times as long as one."""


def pytest_configure() -> None:
    """Let hypothesis measure no time either: beside another process, a test may be slow."""
    settings.register_profile("untimed", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("untimed")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Share the tests out as `KritaApart` does, in the order in which they come."""
    from krita_apart import KritaApart  # where there is no xdist, the tests run one after the other

    config.option.loadscopereorder = False
    return KritaApart(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put first what is to be begun early, in a process that is one of several."""
    if hasattr(config, "workerinput"):
        from krita_apart import place_in_line

        items.sort(key=lambda item: place_in_line(item.nodeid))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which test was run once more because Krita stopped answering, and where Krita was."""
    for report in terminalreporter.stats.get("passed", []):
        where = dict(report.user_properties).get("krita_hung")
        if where is not None and report.when == "call":
            terminalreporter.section(f"KRITA HUNG; run once more: {report.nodeid}")
            terminalreporter.write_line(str(where))

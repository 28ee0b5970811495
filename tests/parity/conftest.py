"""The judge of a run, and the table of errors at its end."""

from __future__ import annotations

import pytest
from judging import Judge
from vectors import all_cases, is_implemented

JUDGE = pytest.StashKey[Judge]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the judge of this run."""
    config.stash[JUDGE] = Judge()


@pytest.fixture(scope="session")
def judge(pytestconfig: pytest.Config) -> Judge:
    """Compares results with recorded ones: `judge(case, {"out": tensor})`."""
    return pytestconfig.stash[JUDGE]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the error of each case that was judged, and what nobody can judge yet."""
    judgements = config.stash[JUDGE].judgements
    if not judgements:
        return
    terminalreporter.section("parity with the official implementation")
    terminalreporter.write_line(f"{'case':<44} {'kind':<22} {'error':>9} {'allowed':>9}  worst output")
    for case in all_cases():
        found = judgements.get(case.id)
        if found is not None:
            mark = "" if found.error <= found.tolerance else "  FAILED"
            numbers = f"{found.error:>9.1e} {found.tolerance:>9.0e}  {found.output}{mark}"
        elif not is_implemented(case):
            numbers = "not implemented yet"
        else:
            continue
        terminalreporter.write_line(f"{case.id:<44} {case.kind:<22} {numbers}")

"""The plugin ends well, with PyQt5 and with PyQt6, after it has been at work."""

from __future__ import annotations

import importlib.util

import pytest
from binding_process import BindingProcess


@pytest.mark.parametrize("binding", ["PyQt5", "PyQt6"])
def test_plugin_ends_well_after_jobs(binding: str) -> None:
    """When Krita closes, nothing is raised and the process ends as it should."""
    if importlib.util.find_spec(binding) is None:
        pytest.skip(f"{binding} has no wheels for this platform (see pyproject.toml)")
    process = BindingProcess(binding)
    tests = process.tests_in("test_jobs.py")
    outcomes = [report["outcome"] for test in tests for report in process.run(test, None)]
    process.close()
    assert set(outcomes) == {"passed"}

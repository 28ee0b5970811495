"""The display of steps tells the time left in a part, from the second step to the last, and only on a terminal."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from huebrush_backend.cli import progress
from huebrush_backend.cli.progress import StepDisplay


def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], shown: bool, steps: str) -> str:
    """Text on the terminal after these steps."""
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=iter([100.0, 130.0, 190.0, 200.0]).__next__))
    with StepDisplay(shown) as display:
        display.expect([1.0, 2.0, 3.0])
        for step in steps.split():
            display.step(step)
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("one", "one\n"),
        ("one two", "two, 2 min 30 s left in this part\n"),
        ("one two three", "three, 1 min 30 s left in this part\n"),
        ("one two three four", "four\n"),
    ],
)
def test_time_left_follows_what_steps_weigh(
    steps: str, expected: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert told(monkeypatch, capsys, shown=True, steps=steps).find(expected) >= 0


def test_nothing_is_shown_elsewhere(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(monkeypatch, capsys, shown=True, steps="one two") == ""
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert told(monkeypatch, capsys, shown=False, steps="one two") == ""

"""`huebrush train`: what it refuses before it trains for hours."""

from __future__ import annotations

from pathlib import Path

import pytest
from huebrush_backend.cli.main import main


def test_publishing_a_run_without_a_trained_model_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "demo", "--minutes", "0", "--folder", str(tmp_path / "run"), "--publish", str(tmp_path / "out")]
    assert main(words) == 2
    said = capsys.readouterr().err
    assert "holds no trained model" in said
    assert "--folder" in said
    assert not (tmp_path / "out").exists()

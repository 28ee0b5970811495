"""`huebrush models list`."""

from __future__ import annotations

import json

import pytest
from huebrush_backend.cli.main import main


def test_list_names_the_builtin_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("demo")
    assert "small and built in" in said


def test_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)[0]
    assert first["name"] == "demo"
    assert first["builtin"] is True
    assert {"title", "licence", "available", "remedy", "native_size"} <= set(first)

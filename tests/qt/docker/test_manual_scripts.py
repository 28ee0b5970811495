"""The scripts that docs/manual.md shows under "By script": each runs as it stands there, but for the picture's path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from docker_jobs import connected_with
from huebrush import api
from huebrush.base.qt import QtCore, QtGui
from huebrush.jobs.job import Job, Stage
from huebrush_protocol.messages import CAPABILITIES, ModelInfo, Submit
from huebrush_protocol.parameters import ENHANCEMENTS
from krita import Document
from region_results import finish
from scripted_backend import ScriptedBackend

MANUAL = Path(__file__).resolve().parents[3] / "docs" / "manual.md"
SECTION = re.search(r"^## By script\n(.*?)^## ", MANUAL.read_text("utf-8"), re.DOTALL | re.MULTILINE)
SCRIPTS = re.findall(r"(?:^(?: {4}.*)?\n)+", SECTION[1] if SECTION else "", re.MULTILINE)
SCRIPTS = [dedent(block) for block in SCRIPTS if block.strip()]
ABLE = ModelInfo("demo", "Demo", "demo", "free", available=True, enhancements=ENHANCEMENTS)


@pytest.fixture
def model_backend(document: Document, backend: ScriptedBackend) -> Iterator[ScriptedBackend]:
    """A backend with one model that can do all that a script asks for."""
    with connected_with(backend, ABLE, capabilities=CAPABILITIES):
        yield backend


def test_the_manual_has_scripts() -> None:
    assert len(SCRIPTS) == 4
    assert all("api.colorize(" in script for script in SCRIPTS)


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_of_the_manual_run(
    script: str, model_backend: ScriptedBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the result is in the document."""
    path = str(tmp_path / "reference.png")
    picture = QtGui.QImage(60, 40, QtGui.QImage.Format.Format_RGB32)
    picture.fill(QtCore.Qt.GlobalColor.red)
    assert picture.save(path)
    wait = api.wait

    def answer_and_wait(job: Job) -> Stage:
        finish(model_backend, model_backend.receive(Submit).job)
        return wait(job)

    monkeypatch.setattr(api, "wait", answer_and_wait)
    names: dict[str, Any] = {}
    exec(script.replace("/path/to/reference.png", path), names)
    assert names["job"].stage is Stage.DONE

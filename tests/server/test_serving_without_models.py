"""A backend without torch: front and worker make flats, and what needs a model is refused with the way to add it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from huebrush_backend.server.client import Client
from huebrush_protocol.messages import ImageHeader, Message, Result
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.pulls import Pull, PullFailed
from huebrush_protocol.regions import RegionParameters
from huebrush_protocol.texts import Text
from jobs_helper import failure, final, submit
from serving_backend import Backend

WITHOUT = Path(__file__).resolve().parents[1] / "support" / "without_model_libraries"


@pytest.fixture(params=["absent", "installed"])
def serving(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """The real engine, with the libraries for models and without them."""
    if request.param == "absent":
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(WITHOUT), os.environ.get("PYTHONPATH", "")]))
    backend = Backend(tmp_path, engine=None)
    yield backend
    backend.close()


def ask_for_flats(client: Client) -> Message:
    page = np.full((60, 90, 4), 255, np.uint8)
    page[28:32, :, :3] = 0
    images = [(ImageHeader("line_art", 90, 60, "BGRA", name="ink"), page)]
    parameters = Parameters(regions=RegionParameters(result="flats", palette=("#c8281e", "#1e3cc8")))
    return final(client, client.submit("none", parameters, images))


def test_flats_need_no_torch_in_the_front_nor_in_the_worker(serving: Backend) -> None:
    client = serving.client()
    result = ask_for_flats(client)
    assert isinstance(result, Result), result
    assert client.hello().device == "", "no model has asked for it"
    assert result.recipe["torch"] == "" and result.recipe["device"] == ""
    processes = [psutil.Process(serving.process.pid), *psutil.Process(serving.process.pid).children(recursive=True)]
    assert len(processes) >= 2
    for process in processes:
        assert not any(Path(region.path).name.startswith("libtorch") for region in process.memory_maps())


@pytest.mark.parametrize("serving", ["absent"], indirect=True)
def test_what_needs_a_model_is_refused_with_the_way_to_add_the_libraries(serving: Backend) -> None:
    client = serving.client()
    builtin = client.hello().models[0]
    assert not builtin.available and isinstance(builtin.remedy, Text) and builtin.remedy.id == "model.no_libraries"
    refused = failure(client, submit(client))
    assert refused.code == "model_missing" and refused.remedy == builtin.remedy
    client.send(Pull("clip-vit-h-14", accepted_licence="mit"))
    answer = client.receive().message
    assert isinstance(answer, PullFailed) and answer.message == builtin.remedy
    assert isinstance(ask_for_flats(client), Result), "and flats go on"

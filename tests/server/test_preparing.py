"""A model is loaded ahead when a client asks, and everyone who waits for it hears how long it takes."""

from __future__ import annotations

from pathlib import Path

import psutil
from huebrush_backend.server.client import Client
from huebrush_backend.server.model_loading import ModelLoading
from huebrush_protocol.messages import Accepted, Progress, Result
from huebrush_protocol.preparing import Preparation, Prepare
from jobs_helper import failure, final, start_gated, submit
from serving_backend import Backend, is_gone, wait_until


def states(client: Client, model: str = "demo") -> list[str]:
    """The states that the client hears of `model`, to the last one."""
    heard = []
    while not heard or heard[-1] == "loading":
        message = client.receive(300.0).message
        if isinstance(message, Preparation) and message.model == model:
            heard.append(message.state)
    return heard


def prepared(backend: Backend) -> list[str]:
    """The models that the engine was told to load ahead."""
    file = backend.engine_folder / "prepared"
    return file.read_text("ascii").split() if file.exists() else []


def test_a_model_is_loaded_before_the_first_job(backend: Backend):
    client = backend.client()
    client.hello()
    client.send(Prepare("demo"))
    heard = states(client)
    assert heard[0] == "loading" and heard[-1] == "ready" and prepared(backend) == ["demo"]
    pid = backend.worker_pid
    result = final(client, submit(client))
    assert isinstance(result, Result) and result.recipe["pid"] == pid
    client.send(Prepare("demo"))  # it is there still
    assert states(client) == ["ready"] and prepared(backend) == ["demo"]


def test_a_job_that_comes_meanwhile_hears_of_the_loading_and_runs_next(backend: Backend):
    (backend.engine_folder / "holds-models").touch()
    client = backend.client()
    client.send(Prepare("demo"))
    wait_until(lambda: prepared(backend), "the loading to begin")
    job = submit(client)
    events = client.events(job)
    assert next(events).message == Accepted(job, 0)
    told = next(events).message
    assert isinstance(told, Progress) and told.phase == "loading"
    (backend.engine_folder / "loaded").touch()
    assert isinstance(list(events)[-1].message, Result)
    assert states(client)[-1] == "ready"


def test_a_running_job_comes_first(backend: Backend):
    client = backend.client()
    job = start_gated(backend, client)
    client.send(Prepare("second"))
    assert client.ping() >= 0 and not prepared(backend)
    backend.allow_step(2)
    assert isinstance(final(client, job), Result)
    heard = states(client, "second")
    assert heard[0] == "loading" and heard[-1] == "ready" and prepared(backend) == ["second"]


def test_a_job_with_another_model_takes_the_place_of_a_wish(backend: Backend):
    client = backend.client()
    job = start_gated(backend, client)
    client.send(Prepare("second"))
    later = submit(client)
    assert isinstance(next(client.events(later)).message, Accepted)  # before that it is on its way to the disk
    backend.allow_step(2)
    assert isinstance(final(client, job), Result) and isinstance(final(client, later), Result)
    assert states(client, "second")[-1] == "stopped" and not prepared(backend)


def test_a_job_that_fails_while_it_loads_leaves_nothing_loading(backend: Backend):
    client = backend.client()
    assert failure(client, submit(client, "bug")).code == "internal"  # before it said that the model is there
    client.send(Prepare("demo"))
    assert states(client)[-1] == "ready" and prepared(backend) == ["demo"]


def test_a_second_wish_for_what_is_loading_loads_it_once(backend: Backend):
    (backend.engine_folder / "holds-models").touch()
    client = backend.client()
    client.send(Prepare("demo"))
    wait_until(lambda: prepared(backend), "the loading to begin")
    client.send(Prepare("demo"))
    assert client.ping() >= 0
    (backend.engine_folder / "loaded").touch()
    assert states(client)[-1] == "ready"
    assert isinstance(final(client, submit(client)), Result) and prepared(backend) == ["demo"]


def test_what_cannot_be_loaded_stops_and_hurts_no_job(backend: Backend):
    (backend.engine_folder / "cannot-prepare").touch()
    client = backend.client()
    for model in ("demo", "absent", "nonsense"):
        client.send(Prepare(model))
        assert states(client, model)[-1] == "stopped"
    assert isinstance(final(client, submit(client)), Result)


def test_a_worker_that_dies_while_it_loads(backend: Backend):
    (backend.engine_folder / "holds-models").touch()
    client = backend.client()
    client.send(Prepare("demo"))
    wait_until(lambda: prepared(backend), "the loading to begin")
    killed = backend.worker_pid
    psutil.Process(killed).kill()
    assert states(client)[-1] == "stopped" and is_gone(killed)
    (backend.engine_folder / "loaded").touch()
    client.send(Prepare("demo"))
    assert states(client)[-1] == "ready"


def test_the_time_left_is_what_the_same_took_before(tmp_path: Path):
    now = [0.0]
    file = tmp_path / "data" / "times.json"
    loading = ModelLoading(file, lambda: now[0])
    loading.begin("mine", starts_worker=True)
    assert loading.loading == "mine" and loading.loaded is None and loading.seconds_left() is None
    now[0] = 12.0
    loading.finish("mine")
    assert loading.loaded == "mine" and loading.seconds_left() is None

    again = ModelLoading(file, lambda: now[0])
    again.begin("mine", starts_worker=True)
    now[0] = 17.0
    again.begin("mine", starts_worker=True)  # goes on
    assert again.seconds_left() == 7.0
    now[0] = 99.0
    assert again.seconds_left() is None
    again.forget()
    again.begin("mine", starts_worker=False)  # the worker runs: another time, not known yet
    assert again.seconds_left() is None


def test_a_first_guess_comes_from_the_size_of_the_files(tmp_path: Path):
    loading = ModelLoading(tmp_path / "times.json", lambda: 0.0)
    loading.begin("demo", starts_worker=False)
    alone = loading.seconds_left()
    loading.forget()
    loading.begin("demo", starts_worker=True)
    together = loading.seconds_left()
    assert alone is not None and together is not None and 0 < alone < together


def test_a_damaged_file_of_times_is_no_trouble(tmp_path: Path):
    file = tmp_path / "times.json"
    for content in ("", "[]", '{"mine": "soon"}', "\udcff"):
        file.write_text(content, "utf-8", "surrogateescape")
        loading = ModelLoading(file, lambda: 0.0)
        loading.begin("mine", starts_worker=False)
        assert loading.seconds_left() is None
        loading.finish("mine")
        assert loading.loaded == "mine"

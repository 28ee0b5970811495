"""Models fetched on behalf of clients: a real backend, its process for that, and a hub on loopback with its faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psutil
import pytest
from huebrush_backend.server.client import Client
from huebrush_protocol.messages import Message, Models, Result
from huebrush_protocol.pulls import (
    CancelPull,
    ListReleases,
    Pull,
    PullCancelled,
    Pulled,
    PullFailed,
    PullProgress,
    Releases,
    SetModelsFolder,
)
from jobs_helper import final, submit
from local_hub import LocalHub
from serving_backend import DEADLINE, Backend, wait_until
from tiny_release import write_clip, write_release

Kind = TypeVar("Kind")
NAME, LICENCE = "mult-eps-ft", "CC-BY-NC-SA-4.0"
MODEL, CLIP = f"{NAME}.safetensors", "open_clip_model.safetensors"
MODEL_KEY = f"tellurion/ColorizeDiffusion/{MODEL}"
CLIP_KEY = f"laion/CLIP-ViT-H-14-laion2B-s32B-b79K/{CLIP}"
PIECE = 1 << 20
"""What the library passes on at a time, in bytes."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small v1 file and a small CLIP under the names of the published ones; only to be read."""
    folder = tmp_path_factory.mktemp("released")
    write_release(folder / MODEL)
    write_clip(folder / CLIP)
    return folder


@pytest.fixture
def hub(files: Path) -> Iterator[LocalHub]:
    with LocalHub({MODEL_KEY: files / MODEL, CLIP_KEY: files / CLIP}) as running:
        yield running


@pytest.fixture
def serving(start_backend: Callable[..., Backend], monkeypatch: pytest.MonkeyPatch) -> Backend:
    """A backend whose models are the real ones."""
    for name in ("HUEBRUSH_MODELS", "HF_ENDPOINT", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return start_backend(engine="pull_engine:create_engine")


@pytest.fixture
def client(serving: Backend) -> Client:
    made = serving.client()
    made.hello()
    return made


def await_message(client: Client, kind: type[Kind]) -> Kind:
    """Return the next message of that kind; others are dropped."""
    while not isinstance(message := client.receive(DEADLINE).message, kind):
        pass
    return message


def ask(client: Client, message: Message, kind: type[Kind]) -> Kind:
    """Send `message` and return the first answer of that kind."""
    client.send(message)
    return await_message(client, kind)


def end_of_pull(client: Client) -> tuple[Pulled | PullFailed | PullCancelled, list[PullProgress]]:
    """Return how the pull under way ended, and what was said of its progress."""
    progress: list[PullProgress] = []
    while True:
        message = client.receive(DEADLINE).message
        if isinstance(message, PullProgress):
            progress.append(message)
        elif isinstance(message, (Pulled, PullFailed, PullCancelled)):
            return message, progress


def accepting(hub: LocalHub, **fields: str) -> Pull:
    return Pull(NAME, LICENCE, hub.address, **fields)


def pull_process(serving: Backend) -> psutil.Process:
    """Return the process that fetches."""
    front = psutil.Process(serving.process.pid)
    (found,) = [child for child in front.children() if "pull_worker" in " ".join(child.cmdline())]
    return found


def available(client: Client) -> list[str]:
    return [model.name for model in client.models() if model.available]


def test_releases_are_listed_with_licence_size_and_what_is_there(client: Client, serving: Backend) -> None:
    releases = ask(client, ListReleases(), Releases)
    assert releases.models_folder == str(serving.data / "models")
    assert releases.pulling == ""
    known = {entry.name: entry for entry in releases.releases}
    assert known[NAME].licence.name == LICENCE
    assert "no commercial use" in known[NAME].licence.terms
    assert known[NAME].licence.must_accept
    assert known[NAME].needs == ("clip-vit-h-14",)
    assert 3e9 < known[NAME].size < 5e9
    assert known[NAME].purpose
    assert not any(entry.present for entry in known.values())


def test_a_release_is_fetched_while_a_job_runs_and_all_clients_see_the_new_models(
    hub: LocalHub, client: Client, serving: Backend, files: Path
) -> None:
    other = serving.client()
    other.hello()
    hub.halts = [PIECE]
    client.send(accepting(hub))
    wait_until(lambda: hub.transfers, "the transfer to begin")
    assert isinstance(final(other, submit(other)), Result)
    assert other.ping() >= 0
    hub.go_on.set()
    end, progress = end_of_pull(client)
    assert end == Pulled(NAME)
    total = sum((files / name).stat().st_size for name in (MODEL, CLIP))
    assert progress[0] == PullProgress(NAME, "starting")
    assert {(entry.phase, entry.file) for entry in progress[1:]} == {
        (phase, file) for phase in ("fetching", "checking") for file in (CLIP, MODEL)
    }
    assert {entry.total for entry in progress[1:]} == {total}
    done = [entry.done for entry in progress]
    assert done == sorted(done)
    assert done[-1] == total
    for each in (client, other):
        models = await_message(each, Models)
        assert NAME in [model.name for model in models.models if model.available]
    assert (serving.data / "models" / NAME / MODEL).read_bytes() == (files / MODEL).read_bytes()
    known = {entry.name: entry for entry in ask(client, ListReleases(), Releases).releases}
    assert known[NAME].present
    assert not known[NAME].licence.must_accept


def test_a_cut_transfer_goes_on_from_there(hub: LocalHub, client: Client, serving: Backend, files: Path) -> None:
    hub.cuts = [2 * PIECE + 1000]
    client.send(accepting(hub))
    assert end_of_pull(client)[0] == Pulled(NAME)
    assert hub.transfers[:2] == [(CLIP, 0), (CLIP, 2 * PIECE)]
    assert (serving.data / "models" / "clip-vit-h-14" / CLIP).read_bytes() == (files / CLIP).read_bytes()


def test_a_cancelled_pull_keeps_what_has_come_and_the_next_one_goes_on(hub: LocalHub, client: Client) -> None:
    hub.halts = [3 * PIECE]
    client.send(accepting(hub))
    while (progress := ask(client, ListReleases(), Releases)).releases[-1].fetched < 3 * PIECE:
        assert progress.pulling == NAME
    assert ask(client, CancelPull(NAME), PullCancelled) == PullCancelled(NAME)
    kept = ask(client, ListReleases(), Releases)
    assert kept.pulling == ""
    assert kept.releases[-1].fetched == 3 * PIECE
    assert available(client) == ["demo"]
    hub.go_on.set()
    client.send(Pull(NAME, mirror=hub.address))  # the licence was accepted the first time
    wait_until(lambda: len(hub.transfers) > 1, "the next transfer to begin")
    assert hub.transfers == [(CLIP, 0), (CLIP, 3 * PIECE)]


def test_a_wrong_checksum_fails_with_a_remedy_and_leaves_nothing(
    hub: LocalHub, client: Client, serving: Backend
) -> None:
    hub.checksums[CLIP_KEY] = 64 * "0"
    client.send(accepting(hub))
    end, _ = end_of_pull(client)
    assert isinstance(end, PullFailed)
    assert (end.code, end.release) == ("checksum", NAME)
    assert "is damaged" in end.message
    assert "again" in end.remedy
    assert available(client) == ["demo"]
    assert not list((serving.data / "models").rglob(CLIP))


@pytest.mark.parametrize("accepted", ["", "MIT"])
def test_without_the_licence_nothing_is_asked_of_the_hub(hub: LocalHub, client: Client, accepted: str) -> None:
    client.send(Pull(NAME, accepted, hub.address))
    end, _ = end_of_pull(client)
    assert isinstance(end, PullFailed)
    assert end.code == "licence"
    assert LICENCE in end.message
    assert hub.headers == []


def test_a_folder_takes_the_place_of_the_hub_and_the_models_folder_can_be_chosen(
    client: Client, files: Path, tmp_path: Path
) -> None:
    chosen = tmp_path / "big disk" / "models"
    assert ask(client, SetModelsFolder(str(chosen)), Releases).models_folder == str(chosen)
    client.send(Pull(NAME, LICENCE, folder=str(tmp_path)))
    end, _ = end_of_pull(client)
    assert isinstance(end, PullFailed)
    assert end.code == "files_missing"
    assert CLIP in end.message
    client.send(Pull(NAME, folder=str(files)))
    assert end_of_pull(client)[0] == Pulled(NAME)
    assert NAME in available(client)
    assert (chosen / NAME / MODEL).is_file()
    refused = ask(client, SetModelsFolder("somewhere"), PullFailed)
    assert (refused.release, refused.code) == ("", "folder")
    assert "somewhere" in refused.message


def test_one_release_at_a_time_and_asking_twice_is_asking_once(hub: LocalHub, client: Client) -> None:
    hub.halts = [PIECE]
    client.send(accepting(hub))
    wait_until(lambda: hub.transfers, "the transfer to begin")
    refused = ask(client, Pull("v2-full", LICENCE, hub.address), PullFailed)
    assert (refused.release, refused.code) == ("v2-full", "busy")
    again = ask(client, accepting(hub), PullProgress)
    assert again.release == NAME
    assert hub.transfers == [(CLIP, 0)]
    assert ask(client, CancelPull(NAME), PullCancelled) == PullCancelled(NAME)
    assert hub.transfers == [(CLIP, 0)]


def test_what_does_not_exist_and_who_is_not_there_are_said(hub: LocalHub, client: Client) -> None:
    client.send(Pull("mult", LICENCE, hub.address))
    end, _ = end_of_pull(client)
    assert isinstance(end, PullFailed)
    assert end.code == "unknown_release"
    with LocalHub({}) as gone:
        address = gone.address
    client.send(Pull(NAME, LICENCE, address))
    end, _ = end_of_pull(client)
    assert isinstance(end, PullFailed)
    assert end.code == "unreachable"
    assert "--mirror" not in end.remedy


def test_a_killed_process_is_reported_and_the_next_pull_goes_on(
    hub: LocalHub, client: Client, serving: Backend
) -> None:
    hub.halts = [2 * PIECE]
    client.send(accepting(hub))
    while ask(client, ListReleases(), Releases).releases[-1].fetched < 2 * PIECE:
        pass
    pull_process(serving).kill()
    end, _ = end_of_pull(client)
    assert isinstance(end, PullFailed)
    assert end.code == "internal"
    hub.go_on.set()
    client.send(Pull(NAME, mirror=hub.address))
    wait_until(lambda: len(hub.transfers) > 1, "the next transfer to begin")
    assert hub.transfers[1] == (CLIP, 2 * PIECE)


def test_the_backend_takes_a_pull_along_when_it_ends(hub: LocalHub, client: Client, serving: Backend) -> None:
    hub.halts = [PIECE]
    client.send(accepting(hub))
    wait_until(lambda: hub.transfers, "the transfer to begin")
    fetching = pull_process(serving)
    serving.process.terminate()
    assert serving.process.wait(DEADLINE) == 0
    assert not fetching.is_running()

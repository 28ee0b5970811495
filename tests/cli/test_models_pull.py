"""`huebrush models pull`, against a hub on loopback with its faults."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from huebrush_backend.checkpoints import releases
from huebrush_backend.checkpoints.families import Family
from huebrush_backend.checkpoints.installed import load_colorize_pipeline
from huebrush_backend.cli.main import main
from local_hub import LocalHub

MODEL, CLIP = "mult-eps-ft.safetensors", "open_clip_model.safetensors"
MODEL_KEY = f"tellurion/ColorizeDiffusion/{MODEL}"
CLIP_KEY = f"laion/CLIP-ViT-H-14-laion2B-s32B-b79K/{CLIP}"


class Disk(NamedTuple):
    """What `shutil.disk_usage` returns."""

    total: int
    used: int
    free: int


@pytest.fixture
def hub(released_files: Path, models_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalHub]:
    # Of a transfer that is cut, the library keeps whole pieces: small ones, for the files here are small.
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 100_000)
    with LocalHub({MODEL_KEY: released_files / MODEL, CLIP_KEY: released_files / CLIP}) as running:
        yield running


def pull(hub: LocalHub, *options: str) -> int:
    return main(["models", "pull", "mult-eps-ft", "--mirror", hub.address, "--accept-licence", *options])


def models(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The names of the models that can be used."""
    capsys.readouterr()
    assert main(["models", "list", "--json"]) == 0
    return [model["name"] for model in json.loads(capsys.readouterr().out) if model["available"]]


def test_a_release_is_fetched_with_clip_checked_and_can_be_loaded(
    hub: LocalHub, models_folder: Path, released_files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pull(hub) == 0
    assert "mult-eps-ft is ready" in capsys.readouterr().out
    assert hub.transfers == [(CLIP, 0), (MODEL, 0)]
    assert "mult-eps-ft" in models(capsys)
    folder = models_folder / "mult-eps-ft"
    assert (folder / MODEL).read_bytes() == (released_files / MODEL).read_bytes()
    assert hub.address in json.loads((folder / "model.json").read_text())["source"]
    assert sorted(path.name for path in models_folder.iterdir()) == ["clip-vit-h-14", "mult-eps-ft"]
    assert load_colorize_pipeline(folder, torch.device("cpu")).scheduler.config["prediction_type"] == "epsilon"

    assert pull(hub) == 0
    assert "is there already" in capsys.readouterr().out
    assert len(hub.transfers) == 2


def test_clip_can_be_fetched_alone_and_then_is_not_fetched_again(
    hub: LocalHub, models_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "pull", "clip-vit-h-14", "--mirror", hub.address]) == 0
    assert pull(hub) == 0
    assert hub.transfers == [(CLIP, 0), (MODEL, 0)]


def test_a_cut_transfer_goes_on_where_it_was_cut(
    hub: LocalHub, models_folder: Path, released_files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.cuts = [1_000_000, 500_000]
    assert pull(hub) == 0
    assert hub.transfers == [(CLIP, 0), (CLIP, 1_000_000), (CLIP, 1_500_000), (MODEL, 0)]
    assert (models_folder / "clip-vit-h-14" / CLIP).read_bytes() == (released_files / CLIP).read_bytes()


def test_a_failed_command_goes_on_when_it_is_run_again(
    hub: LocalHub, models_folder: Path, released_files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    size = (released_files / CLIP).stat().st_size
    kept = _leave_part(hub, models_folder, released_files, 1_000_000)
    hub.is_down = True
    assert pull(hub) == 2
    said = capsys.readouterr().err
    assert f"interrupted after 1000000 of {size} bytes" in said
    assert "Run the same command again" in said
    assert kept.stat().st_size == 1_000_000
    assert models(capsys) == ["demo"]

    hub.is_down = False
    hub.transfers.clear()
    assert pull(hub) == 0
    assert hub.transfers == [(CLIP, 1_000_000), (MODEL, 0)]
    assert (models_folder / "clip-vit-h-14" / CLIP).read_bytes() == (released_files / CLIP).read_bytes()


def test_a_server_that_knows_no_ranges_starts_over(hub: LocalHub, models_folder: Path, released_files: Path) -> None:
    _leave_part(hub, models_folder, released_files, 1_000_000)
    hub.ignores_ranges = True
    assert pull(hub) == 0
    assert (models_folder / "clip-vit-h-14" / CLIP).read_bytes() == (released_files / CLIP).read_bytes()


def test_a_part_that_is_too_long_is_thrown_away(hub: LocalHub, models_folder: Path, released_files: Path) -> None:
    part = _leave_part(hub, models_folder, released_files, 1_000_000)
    part.write_bytes((released_files / CLIP).read_bytes() + b"more")
    assert pull(hub) == 0
    assert hub.transfers[0] == (CLIP, 0)


def test_a_wrong_checksum_is_refused_and_fetched_anew_next_time(
    hub: LocalHub, models_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.checksums[MODEL_KEY] = 64 * "0"
    assert pull(hub) == 2
    said = capsys.readouterr().err
    assert f"{MODEL} is damaged" in said
    assert 64 * "0" in said
    assert models(capsys) == ["demo"]
    assert not list(models_folder.rglob(MODEL))

    hub.checksums.clear()
    assert pull(hub) == 0
    assert hub.transfers == [(CLIP, 0), (MODEL, 0), (MODEL, 0)]
    assert not (models_folder / ".downloads").exists()


def test_a_file_of_another_model_is_fetched_but_not_added(
    hub: LocalHub, models_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.files[MODEL_KEY] = hub.files[CLIP_KEY]
    assert pull(hub) == 2
    assert "not a ColorizeDiffusion model" in capsys.readouterr().err
    assert models(capsys) == ["demo"]


@pytest.mark.parametrize("missing", [1, 150_000_000])
def test_too_little_space_is_noticed_before_anything_is_fetched(
    hub: LocalHub,
    models_folder: Path,
    released_files: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    missing: int,
) -> None:
    """200 MB are to be left free."""
    wanted = sum((released_files / name).stat().st_size for name in (MODEL, CLIP)) + 200_000_000
    monkeypatch.setattr("shutil.disk_usage", lambda path: Disk(10**12, 0, wanted - missing))
    assert pull(hub) == 2
    said = capsys.readouterr().err
    assert "too little space" in said
    assert str(models_folder) in said
    assert "huebrush models folder" in said
    assert hub.transfers == []

    monkeypatch.setattr("shutil.disk_usage", lambda path: Disk(10**12, 0, wanted))
    assert pull(hub) == 0


def test_nothing_is_asked_for_before_the_licence_is_accepted(
    hub: LocalHub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())  # no terminal
    words = ["models", "pull", "mult-eps-ft", "--mirror", hub.address]
    assert main(words) == 2
    output = capsys.readouterr()
    assert "no commercial use" in output.out
    assert "credit the authors" in output.out
    assert "https://creativecommons.org/licenses/by-nc-sa/4.0/" in output.out
    assert "--accept-licence" in output.err
    assert hub.headers == []


@pytest.mark.parametrize(("answer", "status"), [("y", 0), ("Yes", 0), ("n", 2), ("", 2)])
def test_the_licence_is_asked_about_once(
    hub: LocalHub,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    status: int,
) -> None:
    questions: list[str] = []

    def reply(question: str) -> str:
        questions.append(question)
        return answer

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("builtins.input", reply)
    words = ["models", "pull", "mult-eps-ft", "--mirror", hub.address]
    assert main(words) == status
    assert bool(hub.headers) == (status == 0)
    if status == 0:
        assert main(["models", "remove", "mult-eps-ft"]) == 0
        assert main(words) == 0
    assert len(questions) == 1


def test_a_folder_takes_the_place_of_the_hub(
    models_folder: Path, released_files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.socket.connect", None)
    assert main(["models", "pull", "mult-eps-ft", "--from", str(released_files), "--accept-licence"]) == 0
    assert "mult-eps-ft" in models(capsys)
    assert (released_files / MODEL).is_file()


def test_files_that_a_folder_lacks_are_named(
    models_folder: Path, tmp_path: Path, released_files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / MODEL).write_bytes((released_files / MODEL).read_bytes())
    assert main(["models", "pull", "mult-eps-ft", "--from", str(tmp_path), "--accept-licence"]) == 2
    said = capsys.readouterr().err
    assert CLIP in said
    assert MODEL not in said
    assert models(capsys) == ["demo"]


def test_the_mirror_may_stand_in_the_environment(
    hub: LocalHub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", f"{hub.address}/")
    assert main(["models", "pull", "mult-eps-ft", "--accept-licence"]) == 0
    assert "mult-eps-ft" in models(capsys)


def test_the_users_token_is_not_sent(hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    assert pull(hub) == 0
    assert hub.headers
    assert not [name for headers in hub.headers for name in headers if name.lower() == "authorization"]


def test_a_file_that_is_gone_from_the_hub_is_named(
    hub: LocalHub, models_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del hub.files[MODEL_KEY]
    assert pull(hub) == 2
    assert f"no file {MODEL}" in capsys.readouterr().err
    assert hub.transfers == []


def test_a_hub_out_of_reach_is_said_with_ways_out(
    hub: LocalHub, models_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["models", "pull", "mult-eps-ft", "--accept-licence", "--mirror"]
    with LocalHub({}) as gone:
        address = gone.address
    assert main([*words, address]) == 2
    said = capsys.readouterr().err
    assert "cannot be reached" in said
    assert "--from" in said
    assert main([*words, "hub.example"]) == 2
    assert "not the address of a mirror" in capsys.readouterr().err


def test_what_cannot_be_run_is_not_fetched(
    hub: LocalHub, models_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    later = Family("later", "ColorizeDiffusion later", 512, supported=False)
    release = releases.Release("later", "Later", "nothing yet", "a/b", "c", 1.0, releases.WEIGHTS_LICENCE, later)
    monkeypatch.setattr(releases, "RELEASES", (*releases.RELEASES, release))
    assert main(["models", "pull", "later", "--accept-licence", "--mirror", hub.address]) == 2
    assert "not supported yet" in capsys.readouterr().err
    assert hub.headers == []


def test_releases_are_listed_and_unknown_ones_refused(models_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "pull"]) == 0
    said = capsys.readouterr().out
    for release in releases.RELEASES:
        assert release.name in said
        assert release.licence.name in said
    assert main(["models", "pull", "mult"]) == 2
    assert "mult-eps-ft" in capsys.readouterr().err


def _leave_part(hub: LocalHub, models_folder: Path, released_files: Path, length: int) -> Path:
    """Break off a command when so many bytes of CLIP have come; return the part that it leaves."""
    hub.cuts, hub.is_down = [length], False

    with pytest.MonkeyPatch.context() as patch:

        def fall_down(seconds: float) -> None:
            hub.is_down = True

        patch.setattr("huggingface_hub.file_download.time.sleep", fall_down)
        assert pull(hub) == 2
    hub.is_down = False
    hub.transfers.clear()
    (part,) = (models_folder / ".downloads").rglob(CLIP)
    assert part.read_bytes() == (released_files / CLIP).read_bytes()[:length]
    return part

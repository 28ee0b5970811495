"""Mistakes and damage in trainings: nothing is lost, and the message says what to do."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest
from huebrush_backend.cli.progress import cancel_on_interrupt
from tiny_training import losses_of, state_of, train, write_weights


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that has done two steps of the UNet."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    write_weights(folder)
    assert train(folder, *unet(2)) == 0
    return folder


@pytest.fixture
def run(trained: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained, tmp_path / "run"))


def unet(steps: int) -> list[str]:
    return ["--stage", "unet", "--steps", str(steps)]


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--device", "cuda"], "give auto or cpu"),
        (["--device", "nonsense"], "give auto or cpu"),
        (["--widths", "32,32,32,32"], "--widths 16,16,16,16"),
        (["--pictures", "nowhere"], "nowhere is no folder"),
    ],
)
def test_a_refused_continuation_leaves_the_run_as_it_was(
    run: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    before = files_of(run)
    assert train(run, *unet(4), "--resume", *words) == 2
    assert message in capsys.readouterr().err
    assert files_of(run) == before
    assert train(run, *unet(3), "--resume") == 0


@pytest.mark.parametrize("content", [b"", b"no state", None])
def test_a_damaged_state_is_named(run: Path, capsys: pytest.CaptureFixture[str], content: bytes | None) -> None:
    state = run / "unet" / "state.pt"
    state.write_bytes(state.read_bytes()[:5000] if content is None else content)
    assert train(run, *unet(3), "--resume") == 2
    assert "state.pt is damaged" in capsys.readouterr().err


def test_damaged_weights_are_named(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file,) = (run / "weights" / "vae").glob("*.safetensors")
    file.write_bytes(file.read_bytes()[:100])
    shutil.rmtree(run / "unet" / "chunks")
    assert train(run, *unet(3), "--resume") == 2
    assert "are damaged" in capsys.readouterr().err


def test_damaged_samples_drawings_and_logs_are_made_again(run: Path) -> None:
    for file in [*(run / "unet" / "chunks").glob("*.safetensors"), *(run / "bank").glob("*/*.npy")]:
        file.write_bytes(file.read_bytes()[:1000])
    log = run / "unet" / "log.jsonl"
    log.write_bytes(log.read_bytes() + b"\xff\n")
    assert train(run, *unet(3), "--resume") == 0
    assert len(losses_of(run)) == 3


def test_a_diverged_training_keeps_the_saved_state(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = state_of(run)
    assert train(run, *unet(100), "--resume", "--learning-rate", "1e30", "--checkpoint-steps", "0") == 2
    assert "--learning-rate" in capsys.readouterr().err
    assert state_of(run).keys() == before.keys()
    assert state_of(run)["/clock/steps"] == 2


def test_a_state_that_cannot_be_written_leaves_the_former_one(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(state: object, stream: object) -> None:
        raise RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 64 vs 0")

    monkeypatch.setattr("torch.save", full)
    assert train(run, *unet(4), "--resume") == 2
    assert "Make room on the disk" in capsys.readouterr().err
    monkeypatch.undo()
    assert state_of(run)["/clock/steps"] == 2
    assert not list(run.rglob("*.partial"))


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str) -> None:
    (tmp_path / "file").write_text("mine")
    assert train(tmp_path / place, "--stage", "clip", "--steps", "1") == 2
    assert "Choose another --folder" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "mine"


def test_publishing_replaces_nothing_but_a_published_model(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "thesis.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "documents", tmp_path / "file", run / "weights", run):
        before = files_of(tmp_path)
        assert train(run, "--minutes", "0", "--publish", str(place)) == 2
        assert "publish to" in capsys.readouterr().err
        assert files_of(tmp_path) == before
    for _ in range(2):
        assert train(run, "--minutes", "0", "--publish", str(tmp_path / "new" / "model")) == 0
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["model"]


def test_neither_a_dry_run_nor_a_paused_one_publishes(run: Path, tmp_path: Path) -> None:
    place = tmp_path / "model"
    assert train(run, "--stage", "unet", "--minutes", "0", "--publish", str(place), "--dry-run") == 0
    assert train(run, *unet(5), "--resume", "--stop-at", "3", "--publish", str(place)) == 0
    assert not place.exists()


def test_a_program_that_is_asked_to_end_can_save_first() -> None:
    former = signal.getsignal(signal.SIGTERM)
    with cancel_on_interrupt() as is_cancelled:
        os.kill(os.getpid(), signal.SIGTERM)
        assert is_cancelled()
    assert signal.getsignal(signal.SIGTERM) is former

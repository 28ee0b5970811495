"""Runs of `huebrush train` with tiny networks: repeatable, resumable, the same in parts and in several processes."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch
from huebrush_backend.cli.main import main
from huebrush_backend.cli.progress import cancel_on_interrupt
from huebrush_backend.training import loop
from huebrush_backend.training.configuration import Configuration, read_configuration, with_values
from huebrush_backend.training.loop import Progress
from huebrush_backend.training.plan import TrainingPlan, plans_of
from huebrush_backend.training.train import train as train_plan
from tiny_training import losses_of, state_of, train, train_words, write_weights

STEPS = 6


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that is ready for the UNet stage."""
    folder = tmp_path_factory.mktemp("weights") / "run"
    write_weights(folder)
    return folder


@pytest.fixture
def folder(weights: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(weights, tmp_path / "run"))


@pytest.fixture(scope="module")
def straight(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run whose steps were done in one go."""
    folder = Path(shutil.copytree(weights, tmp_path_factory.mktemp("straight") / "run"))
    assert train(folder, *unet()) == 0
    return folder


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def unet(steps: int = STEPS) -> list[str]:
    return ["--stage", "unet", "--steps", str(steps)]


def assert_same(folder: Path, other: Path) -> None:
    """Check that two runs are in the same state, bit for bit."""
    first, second = state_of(folder), state_of(other)
    assert first.keys() == second.keys()
    different = [name for name, value in first.items() if not equal(value, second[name])]
    assert different == []


def equal(first: Any, second: Any) -> bool:
    return torch.equal(first, second) if isinstance(first, torch.Tensor) else first == second


def test_a_paused_run_goes_on_elsewhere_as_if_there_had_been_no_pause(folder: Path, straight: Path) -> None:
    assert train(folder, *unet(), "--stop-at", "3") == 0
    assert len(losses_of(folder)) == 3
    elsewhere = folder.with_name("elsewhere")
    folder.rename(elsewhere)
    shutil.rmtree(elsewhere / "unet" / "chunks")
    shutil.rmtree(elsewhere / "bank")
    torch.manual_seed(123)  # what the process did before does not matter
    assert train(elsewhere, *unet(), "--resume") == 0
    assert_same(elsewhere, straight)
    assert losses_of(elsewhere) == losses_of(straight)


def test_a_killed_run_goes_on_as_if_nothing_had_happened(folder: Path, weights: Path) -> None:
    words = train_words(folder, *unet(1000), "--producers", "1", "--checkpoint-steps", "2")
    with subprocess.Popen([sys.executable, "-m", "huebrush_backend.cli.main", *words]) as program:
        log = folder / "unet" / "log.jsonl"
        while not log.exists() or len(log.read_text("utf-8").splitlines()) < 4:
            assert program.poll() is None
            time.sleep(0.02)
        program.kill()
    steps = str(state_of(folder)["/clock/steps"] + 2)
    assert train(folder, "--stage", "unet", "--steps", steps, "--resume") == 0
    again = Path(shutil.copytree(weights, folder.with_name("again")))
    assert train(again, "--stage", "unet", "--steps", steps) == 0
    assert_same(folder, again)
    assert losses_of(folder) == losses_of(again)


def test_another_seed_decides_otherwise(folder: Path, straight: Path) -> None:
    assert train(folder, *unet(1), "--seed", "5") == 0
    assert losses_of(folder) != losses_of(straight)[:1]


@pytest.mark.parametrize("words", [["--accumulation", "2"], ["--gradient-checkpointing"]])
def test_parts_and_recomputing_change_nothing_but_memory(folder: Path, straight: Path, words: list[str]) -> None:
    assert train(folder, *unet(3), *words) == 0
    assert losses_of(folder) == pytest.approx(losses_of(straight)[:3], rel=1e-4)


def test_two_processes_do_the_same_as_one(folder: Path, straight: Path) -> None:
    command = [sys.executable, "-m", "huebrush_backend.cli.main", *train_words(folder, *unet())]
    together = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
    programs = [
        subprocess.Popen(command, env=os.environ | together | {"RANK": rank, "LOCAL_RANK": rank}) for rank in ("0", "1")
    ]
    try:
        assert [program.wait() for program in programs] == [0, 0]
    finally:
        for program in programs:
            program.kill()
    assert losses_of(folder) == pytest.approx(losses_of(straight), rel=1e-4)
    assert state_of(folder)["/average/optimization_step"] == STEPS, "the first process averages, once a step"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_failing_producer_ends_the_run_with_its_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(folder, *unet(), "--stop-at", "1") == 0
    for file in (folder / "weights" / "vae").glob("*.safetensors"):  # only producers read it before the next export
        file.write_bytes(b"no weights")
    assert train(folder, *unet(), "--producers", "1", "--resume") == 1
    said = capsys.readouterr().err
    assert "a process that makes samples failed" in said
    assert "SampleMaker" in said


def test_a_killed_producer_ends_the_run(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ended = threading.Event()

    def kill_producers() -> None:
        while not ended.wait(0.05):
            for process in psutil.Process().children(recursive=True):
                if "spawn_main" in " ".join(process.cmdline()):
                    process.kill()

    killer = threading.Thread(target=kill_producers)
    killer.start()
    try:
        assert train(folder, *unet(), "--producers", "1") == 1
    finally:
        ended.set()
        killer.join()
    assert f"status {-signal.SIGKILL}" in capsys.readouterr().err


def test_ctrl_c_saves_the_state_after_the_step(folder: Path) -> None:
    assert train(folder, *unet(), "--stop-at", "1") == 0
    configuration = with_values(read_configuration(folder / "unet" / "configuration.json"), {("run", "steps"): 1000})

    def press(progress: Progress) -> None:
        if progress.phase == "training" and progress.step == 3:
            os.kill(os.getpid(), signal.SIGINT)

    assert not train_plan(TrainingPlan(folder, configuration, resume=True), press, cancel_on_interrupt)
    assert state_of(folder)["/clock/steps"] == 3


def test_a_run_is_not_begun_anew_by_mistake(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(folder, *unet(2)) == 0
    before = state_of(folder)
    assert train(folder, *unet(1)) == 2
    assert "go on with --resume" in capsys.readouterr().err
    assert [name for name, value in state_of(folder).items() if not equal(value, before[name])] == []


def test_a_complete_run_says_so_and_more_steps_go_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(folder, *unet(2)) == 0
    capsys.readouterr()
    assert train(folder, *unet(2), "--resume") == 0
    assert "already complete" in capsys.readouterr().err
    assert train(folder, *unet(3), "--resume") == 0
    assert state_of(folder)["/clock/steps"] == 3


def test_minutes_count_over_all_runs_and_end_within_a_step(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands still but for the steps, each of which takes ten seconds."""
    now = [0.0]

    class Clock:
        monotonic = staticmethod(lambda: now[0])

    step = loop.Stage._step

    def slow_step(*arguments: Any) -> Any:
        now[0] += 10
        return step(*arguments)

    monkeypatch.setattr(loop, "time", Clock)
    monkeypatch.setattr(loop.Stage, "_step", slow_step)
    assert train(folder, "--stage", "unet", "--minutes", "0.6") == 0
    assert state_of(folder)["/clock/steps"] == 4
    assert train(folder, "--stage", "unet", "--minutes", "1.2", "--resume") == 0
    assert state_of(folder)["/clock/steps"] == 8


def test_a_new_network_begins_on_the_weights_of_other_stages(
    weights: Path, straight: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(tmp_path / "new", *unet(), "--weights", str(straight / "weights")) == 0
    assert_same(tmp_path / "new", straight)
    assert train(tmp_path / "new", *unet(), "--weights", str(straight / "weights")) == 2
    assert "exists already" in capsys.readouterr().err
    assert train(tmp_path / "other", *unet(), "--weights", str(tmp_path)) == 2
    assert "holds no exported weights" in capsys.readouterr().err
    assert train(tmp_path / "other", *unet(), "--weights", "demo", "--resume") == 2
    assert "give one of them" in capsys.readouterr().err


def test_the_precision_is_chosen_by_the_machine_that_computes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    configuration = with_values(
        Configuration(), {("run", "stage"): "unet", ("run", "steps"): 1, ("run", "device"): "cpu"}
    )
    (plan,) = plans_of(configuration, tmp_path, True)
    for computes, half in ((True, True), (False, False)):
        monkeypatch.setattr("huebrush_backend.training.plan.computes_bfloat16", lambda device, says=computes: says)
        assert plan.half is half
    assert plan.configuration.run.precision == "auto", "the record does not decide for another machine"


def test_the_record_repeats_the_run_and_notes_what_was_changed_later(folder: Path, straight: Path) -> None:
    file = straight / "unet" / "configuration.json"
    record = read_configuration(file).record
    assert len(record.starting_weights) == 64
    assert record.versions.keys() >= {"huebrush", "torch"}
    assert main(["train", "demo", "--folder", str(folder), "--config", str(file)]) == 0
    assert_same(folder, straight)
    assert main(["train", "demo", "--folder", str(folder), "--resume", "--steps", "7", "--reference-drop", ".5"]) == 0
    changes = read_configuration(folder / "unet" / "configuration.json").record.changes
    assert any("from step 6: strategies.reference_drop 0.5, before 0.1" in change for change in changes)
    assert not any("seed" in change for change in changes)


def test_a_dry_run_states_size_memory_and_time_and_leaves_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(folder.rglob("*"))
    assert train(folder, "--stage", "unet", "--steps", "1000", "--dry-run") == 0
    said = capsys.readouterr().out
    for words in ("million parameters, float32 on cpu", "memory", "a step", "its samples", "1000 steps, about"):
        assert words in said
    assert sorted(folder.rglob("*")) == before


def test_tensorboard_gets_losses_and_sheets(folder: Path) -> None:
    events = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    assert train(folder, *unet(2), "--tensorboard") == 0
    board = events.EventAccumulator(str(folder / "unet" / "tensorboard"))
    board.Reload()
    written = [event.value for event in board.Scalars("unet/loss")]
    assert written == pytest.approx(losses_of(folder), rel=1e-5)
    assert [event.step for event in board.Images("unet/samples")] == [2]


def test_without_tensorboard_the_option_says_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    assert train(folder, *unet(1), "--tensorboard") == 2
    assert "pip install" in capsys.readouterr().err

"""`huebrush bench faults`: the short form on a real backend, and the state of a long run."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from huebrush_backend.cli.main import main
from huebrush_backend.evaluation.faults import bench
from huebrush_backend.evaluation.faults.served import FaultBenchError
from huebrush_backend.evaluation.faults.tally import Tally

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it stops and limits processes as only Unix can")
ZERO = ("jobs_untold", "results_lost", "wrong_bytes", "wedged", "processes_left", "files_left")
MOST_GROWTH = 10.0
"""MiB by which a front may grow under mutated messages."""


def nothing(_text: str) -> None:
    """Say nothing."""


def test_the_short_form_breaks_no_backend(capsys: pytest.CaptureFixture[str]):
    assert main(["bench", "faults", "--json"]) == 0
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert {name: faults[name] for name in ZERO} == dict.fromkeys(ZERO, 0), faults["notes"]
    assert faults["front_alive"] is True, faults["notes"]
    assert faults["kills"] >= bench.SHORT.kills - 2  # a process that was to be killed may have ended by itself
    assert faults["frames"] == bench.SHORT.frames and faults["stops"] == 4
    assert faults["front_growth"] <= MOST_GROWTH


def test_a_long_run_goes_on_from_its_state(tmp_path: Path):
    file = tmp_path / "state.json"
    done = Tally(kills=bench.WHOLE_KILLS, frames=bench.WHOLE_FRAMES, jobs=7, front_growth=1.5, notes=["lost"])
    bench.State(3, 21, done).save(file)
    assert bench.run_whole(file, 1, nothing) == done
    assert bench.State.load(file, 1) == bench.State(3, 21, done)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"seed": 1, "rounds": 0, "tally": {"deaths": 1}}'])
def test_what_is_no_state_is_refused(tmp_path: Path, text: str):
    file = tmp_path / "state.json"
    file.write_text(text, "utf-8")
    with pytest.raises(FaultBenchError, match=r"state\.json"):
        bench.run_whole(file, 1, nothing)


def test_figures_of_several_rounds_are_added():
    total = Tally(kills=2, front_growth=1.0, notes=["a"], skipped=["x"])
    total.add(Tally(kills=3, jobs_untold=1, front_alive=False, front_growth=0.5, notes=["b"], skipped=["x", "y"]))
    assert total == Tally(
        kills=5, jobs_untold=1, front_alive=False, front_growth=1.0, notes=["a", "b"], skipped=["x", "y"]
    )

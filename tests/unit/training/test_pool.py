"""Which samples a step draws, and waiting for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.training.data.pool import Pool, Schedule, keep_chunks_of
from huebrush_backend.training.data.producer import Recipe, chunk_file, write_chunk
from huebrush_backend.training.strategies.options import Strategies

SCHEDULE = Schedule(batch=6, chunk=8, pool=3, first=2, reuse=4)


def make_pool(folder: Path, schedule: Schedule = SCHEDULE) -> Pool:
    def no_bank():
        raise AssertionError("no producer is started")

    recipe = Recipe(folder, no_bank, Strategies(), 64, schedule.chunk, seed=4, half=False, device="cpu")
    return Pool(folder, recipe, schedule, producers=1, steps=100)


def write_numbered(folder: Path, number: int) -> None:
    write_chunk({"sketch": np.arange(8, dtype=np.int64) + 100 * number}, chunk_file(folder, number))


def test_new_chunks_come_after_their_samples_at_first_and_then_after_several_uses() -> None:
    newest = [SCHEDULE.newest(step) for step in range(40)]
    assert newest == sorted(newest)
    assert [newest.index(number) for number in range(5)] == [0, 2, 3, 8, 14]
    assert SCHEDULE.oldest(14) == 2
    for number in range(1, 5):
        assert SCHEDULE.first_step(number) == newest.index(number)


def test_a_batch_depends_on_seed_and_step_alone(tmp_path: Path) -> None:
    pool = make_pool(tmp_path)
    for number in range(3):
        write_numbered(tmp_path, number)
    whole = pool.batch(5, range(6), lambda: False)
    parts = [make_pool(tmp_path).batch(5, rows, lambda: False) for rows in (range(3), range(3, 6))]
    assert whole is not None and parts[0] is not None and parts[1] is not None
    halves = [part["sketch"] for part in parts if part is not None]
    np.testing.assert_array_equal(whole["sketch"], np.concatenate(halves))
    later = pool.batch(6, range(6), lambda: False)
    assert later is not None
    assert not np.array_equal(whole["sketch"], later["sketch"])


def test_waiting_for_a_chunk_ends_when_the_time_is_up(tmp_path: Path) -> None:
    answers = iter([True, True, False])
    assert make_pool(tmp_path).batch(0, range(6), lambda: next(answers)) is None
    assert list(answers) == []


def test_chunks_that_no_later_step_needs_are_deleted(tmp_path: Path) -> None:
    pool = make_pool(tmp_path)
    for number in range(5):
        write_numbered(tmp_path, number)
    pool.forget(14)
    assert sorted(file.name for file in tmp_path.glob("chunk-*")) == [chunk_file(tmp_path, n).name for n in (2, 3, 4)]


@pytest.mark.parametrize(("size", "kept"), [(64, True), (128, False)])
def test_chunks_of_another_recipe_are_not_used(tmp_path: Path, size: int, kept: bool) -> None:
    keep_chunks_of(tmp_path, {"size": 64})
    write_numbered(tmp_path, 0)
    keep_chunks_of(tmp_path, {"size": size})
    assert chunk_file(tmp_path, 0).exists() == kept


def test_chunks_once_used_follow_each_other_without_reuse() -> None:
    once = replace(SCHEDULE, reuse=1)
    assert [once.newest(step) for step in range(8)] == [step * 6 // 8 for step in range(8)]

"""The parts of the server that need no process: the job table and pixel conversion."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.server.job_table import Job, JobTable, Limits, QueueFull
from huebrush_backend.server.message_files import Parcel
from huebrush_backend.server.pixels import from_rgba, result_order, to_rgba
from huebrush_protocol.frames import Image
from huebrush_protocol.messages import ImageHeader


def arrive(table: JobTable, name: str, size: int = 1, owner: bytes = b"me", batch: bool = False) -> Job:
    job = table.add(name, owner, "demo", size, batch=batch)
    table.enqueue(job, Parcel([b"input"]))
    return job


def run_one(table: JobTable, name: str, size: int, path: Path | None = None) -> list[str]:
    """Run a job whose outcome has this size; return the names of those that are dropped for it."""
    job = arrive(table, name)
    assert table.start_next() is job
    table.finish(job, size)
    dropped = table.keep(job, Parcel([b"outcome"], path))
    for old in dropped:
        table.forget(old)
    return [old.id for old in dropped]


def test_jobs_run_one_at_a_time_in_order():
    table = JobTable()
    first, second = arrive(table, "a"), arrive(table, "b")
    assert (table.position(first), table.position(second)) == (0, 1)
    assert table.start_next() is first and table.start_next() is None
    assert (table.position(first), table.position(second)) == (0, 1)
    table.finish(first, 0)
    assert table.start_next() is second
    table.forget(second)
    assert table.running is None and table.find("b") is None and table.find("a") is first


def test_a_job_waits_for_the_disk_before_it_waits_for_its_turn():
    table = JobTable()
    job = table.add("a", b"", "demo", 1)
    assert table.start_next() is None and table.unfinished() == [job]
    table.enqueue(job, Parcel([b"input"]))
    assert table.start_next() is job and job.input.load() == [b"input"]


def test_turns_go_round_and_places_are_those_of_the_turns():
    table = JobTable()
    mine = [arrive(table, name, batch=name == "c") for name in "cab"]
    other = arrive(table, "d", owner=b"you")
    assert [table.position(job) for job in (mine[1], other, mine[2], mine[0])] == [0, 1, 2, 3]
    assert table.start_next() is mine[1]
    assert list(table.queued()) == [other, mine[2], mine[0]]
    assert [table.position(job) for job in (other, mine[2], mine[0])] == [1, 2, 3]


def test_the_queue_is_bounded_in_number_and_bytes():
    table = JobTable(Limits(queued_jobs=4, queued_bytes=100))
    arrive(table, "a", 1000)  # alone, any size goes
    with pytest.raises(QueueFull):
        table.add("b", b"me", "demo", 1)
    table.start_next()
    table.add("c", b"me", "demo", 1)  # those that arrive count
    arrive(table, "d")
    with pytest.raises(QueueFull):
        table.add("e", b"me", "demo", 1)
    table.add("f", b"other", "demo", 1)


def test_the_oldest_outcomes_are_dropped_and_the_newest_never():
    table = JobTable(Limits(kept_outcomes=2, memory_bytes=100))
    assert [run_one(table, name, 10) for name in "abc"] == [[], [], ["a"]]
    assert run_one(table, "d", 1000) == ["b", "c"]
    assert len(table) == 1


def test_outcomes_on_disk_and_in_memory_have_their_own_limits():
    table, disk = JobTable(Limits(kept_bytes=100, memory_bytes=50)), Path("somewhere")
    assert run_one(table, "a", 60, disk) == run_one(table, "b", 40) == run_one(table, "c", 40, disk) == []
    assert run_one(table, "d", 10, disk) == ["a"]
    assert run_one(table, "e", 20) == ["b"]


@pytest.mark.parametrize("order", ["GRAY", "RGB", "RGBA", "BGRA"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("padding", [0, 2])
def test_pixels_of_every_format_become_rgba(order: str, dtype: str, padding: int):
    channels = {"GRAY": 1, "RGB": 3}.get(order, 4)
    values = np.arange(2 * 3 * channels, dtype=np.uint8).reshape(2, 3, channels) * 7
    samples = values if dtype == "uint8" else (values.astype("<u2") * 257)
    rows = b"".join(row.tobytes() + b"\xee" * padding for row in samples)
    header = ImageHeader("line_art", 3, 2, order, dtype, stride=len(rows) // 2)
    rgba = to_rgba(Image(header, memoryview(rows)))
    assert rgba.shape == (2, 3, 4) and rgba.dtype == np.uint8
    expected = np.full((2, 3, 4), 255, np.uint8)
    if order == "BGRA":
        expected = values[..., [2, 1, 0, 3]]
    else:
        expected[..., : max(3, channels)] = values
    assert np.array_equal(rgba, expected)


def test_results_go_back_in_the_order_of_the_line_art():
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    assert np.array_equal(from_rgba(pixels, "RGBA"), pixels)
    assert np.array_equal(from_rgba(pixels, "BGRA")[..., 0], pixels[..., 2])
    reference = ImageHeader("reference", 1, 1, "BGRA")
    assert result_order([reference, ImageHeader("line_art", 1, 1, "RGBA")]) == "RGBA"
    assert result_order([ImageHeader("line_art", 1, 1, "BGRA")]) == "BGRA"

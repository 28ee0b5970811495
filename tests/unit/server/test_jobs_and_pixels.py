"""The parts of the server that need no process: the job table and pixel conversion."""

from __future__ import annotations

import numpy as np
import pytest
from huebrush_backend.server.job_table import Job, JobState, JobTable, Limits, QueueFull
from huebrush_backend.server.pixels import from_rgba, result_order, to_rgba
from huebrush_protocol.frames import Image
from huebrush_protocol.messages import ImageHeader


def run_one(table: JobTable, name: str, size: int) -> Job:
    table.add(name, b"me", "demo", [], 1)
    job = table.start_next()
    assert job is not None
    table.finish(job, [b"outcome"], size)
    return job


def test_jobs_run_one_at_a_time_in_order():
    table = JobTable()
    first, second = table.add("a", b"", "demo", [], 1), table.add("b", b"", "demo", [], 1)
    assert (table.position(first), table.position(second)) == (0, 1)
    assert table.start_next() is first and table.start_next() is None
    assert (table.position(first), table.position(second)) == (0, 1)
    table.finish(first, [], 0)
    assert table.start_next() is second
    table.forget(second)
    assert table.running is None and table.find("b") is None and table.find("a") is first


def test_turns_go_round_and_places_are_those_of_the_turns():
    table = JobTable()
    mine = [table.add(name, b"me", "demo", [], 1, batch=name == "c") for name in "cab"]
    other = table.add("d", b"you", "demo", [], 1)
    assert [table.position(job) for job in (mine[1], other, mine[2], mine[0])] == [0, 1, 2, 3]
    assert table.start_next() is mine[1]
    assert list(table.queued()) == [other, mine[2], mine[0]]
    assert [table.position(job) for job in (other, mine[2], mine[0])] == [1, 2, 3]


def test_the_queue_is_bounded_in_number_and_bytes():
    table = JobTable(Limits(queued_jobs=4, queued_bytes=100))
    table.add("a", b"", "demo", [], 1000)  # alone, any size goes
    with pytest.raises(QueueFull):
        table.add("b", b"", "demo", [], 1)
    table.start_next()
    table.add("c", b"", "demo", [], 1)
    table.add("d", b"", "demo", [], 1)
    with pytest.raises(QueueFull):
        table.add("e", b"", "demo", [], 1)
    table.add("f", b"other", "demo", [], 1)


def test_the_oldest_outcomes_are_dropped_and_the_newest_never():
    table = JobTable(Limits(kept_outcomes=2, kept_bytes=100))
    for name in "abc":
        run_one(table, name, 10)
    assert [table.find(name) is not None for name in "abc"] == [False, True, True]
    huge = run_one(table, "d", 1000)
    assert len(table) == 1 and huge.state is JobState.FINISHED


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

"""Turns go round between clients, and none fills the queue."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from huebrush_backend.server.turns import MOST_PASSED, REMEMBERED, Room, Turns
from hypothesis import given
from hypothesis import strategies as st


@dataclass(frozen=True)
class Task:
    """A waiting job."""

    name: str
    client: bytes = b"a"
    user: str = ""
    batch: bool = False
    size: int = 1


def many(client: bytes, count: int, **fields) -> list[Task]:
    return [Task(f"{client.decode()}{number}", client, **fields) for number in range(count)]


def names(jobs: list[Task]) -> list[str]:
    return [job.name for job in jobs]


def run(turns: Turns, waiting: list[Task]) -> Task:
    job = turns.take(waiting)
    waiting.remove(job)
    return job


def test_one_clients_jobs_go_in_the_order_of_arrival():
    jobs = many(b"a", 30)
    assert Turns().in_order(jobs) == jobs


def test_turns_go_round():
    jobs = [*many(b"a", 4), *many(b"b", 2), *many(b"c", 1)]
    assert names(Turns().in_order(jobs)) == ["a0", "b0", "c0", "a1", "b1", "a2", "a3"]


def test_who_had_a_turn_waits_for_those_who_had_none():
    turns, waiting = Turns(), many(b"a", 5)
    assert [run(turns, waiting).name for _ in range(2)] == ["a0", "a1"]
    waiting += many(b"b", 1)
    assert names(turns.in_order(waiting)) == ["b0", "a2", "a3", "a4"]


def test_a_user_with_many_connections_has_no_more_turns():
    crowd = [Task(f"x{number}", str(number).encode(), "x") for number in range(4)]
    other = [Task("y0", b"9", "y"), Task("y1", b"9", "y")]
    assert names(Turns().in_order([*crowd, *other])) == ["x0", "y0", "x1", "y1", "x2", "x3"]


def test_what_somebody_waits_for_goes_before_batches_but_not_for_ever():
    batch, others = many(b"a", 3, batch=True), many(b"b", 20)
    order = names(Turns().in_order([*batch, *others]))
    assert order.index("a0") == MOST_PASSED
    assert order.index("a1") == 2 * MOST_PASSED + 1


def test_new_clients_without_end_starve_nobody():
    turns, waiting = Turns(), many(b"old", 2)
    run(turns, waiting)
    for number in range(3 * MOST_PASSED):
        waiting += many(f"new{number}".encode(), 1)
        if run(turns, waiting).client == b"old":
            assert number == MOST_PASSED
            return
    pytest.fail("the old client never had a turn")


def test_only_the_latest_turns_are_remembered():
    turns = Turns()
    for number in range(REMEMBERED):
        turns.take([Task("", str(number).encode())])
    assert names(turns.in_order([*many(b"0", 1), *many(b"fresh", 1)])) == ["00", "fresh0"]  # that of 0 is forgotten


TASKS = st.lists(
    st.builds(
        Task, st.uuids().map(str), st.sampled_from([b"a", b"b", b"c"]), st.sampled_from(["", "x"]), st.booleans()
    ),
    unique_by=lambda job: job.name,
    max_size=30,
)


@given(TASKS)
def test_the_order_that_is_told_is_the_order_that_is_run(jobs: list[Task]):
    turns, waiting = Turns(), list(jobs)
    told = turns.in_order(waiting)
    assert sorted(names(told)) == sorted(names(jobs))
    assert [run(turns, waiting) for _ in jobs] == told


def fill(room: Room, waiting: list[Task], client: bytes, size: int = 1) -> int:
    """Let `client` send jobs until it is refused; return how many were accepted."""
    before = len(waiting)
    while room.refusal(waiting, "", client, size) is None:
        waiting.append(Task("", client, size=size))
        assert len(waiting) <= room.jobs
    return len(waiting) - before


def test_each_client_may_have_half_of_what_the_others_leave():
    room, waiting = Room(128, 1 << 40), list[Task]()
    assert [fill(room, waiting, client) for client in (b"a", b"b", b"c", b"d", b"e")] == [64, 32, 16, 8, 4]
    reason = room.refusal(waiting, "", b"a", 1)
    assert reason is not None and reason.id == "queue.own_jobs"


def test_each_client_may_have_half_of_the_bytes_that_the_others_leave():
    room, waiting = Room(1000, 1024), list[Task]()
    assert [fill(room, waiting, client, 16) for client in (b"a", b"b", b"c")] == [32, 16, 8]
    reason = room.refusal(waiting, "", b"b", 16)
    assert reason is not None and reason.id == "queue.own_pictures"


def test_one_job_finds_room_as_long_as_there_is_any():
    room, waiting = Room(4, 100), list[Task]()
    for client in (b"a", b"b", b"c", b"d"):
        assert room.refusal(waiting, "", client, 25) is None
        waiting.append(Task("", client, size=25))
    reason = room.refusal(waiting, "", b"e", 1)
    assert reason is not None and reason.id == "queue.jobs"
    assert Room(4, 100).refusal([], "", b"a", 1000) is None  # alone, any size goes
    full = Room(9, 100).refusal(waiting, "", b"e", 1)
    assert full is not None and full.id == "queue.pictures"

"""Whatever workers do, each accepted job ends in exactly one outcome: dispatcher, table and manager as a state machine.

Time is the test's own, and workers are objects that hang, die, cannot be killed, and answer late or twice. The disk may
be full or stuck, and the front itself die.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from huebrush_backend.server.dispatcher import Dispatcher
from huebrush_backend.server.job_keeper import JobKeeper
from huebrush_backend.server.job_table import Job, JobState, JobTable
from huebrush_backend.server.outbox import Load
from huebrush_backend.server.standstill import Patience
from huebrush_backend.server.worker_channel import Bootstrap
from huebrush_backend.server.worker_manager import WorkerManager, WorkerSettings, WorkerState
from huebrush_protocol import codec
from huebrush_protocol.messages import (
    Accepted,
    Cancel,
    Cancelled,
    Failed,
    ImageHeader,
    Message,
    ModelInfo,
    Progress,
    Result,
    Submit,
    Welcome,
)
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.preparing import Preparation, Prepare
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from .fake_workers import Disk, FakeWorker, TestLoop

OUTCOMES = (Result, Failed, Cancelled)
PIXELS = [ImageHeader("line_art", 1, 1, "GRAY"), ImageHeader("reference", 1, 1, "GRAY")]
CLIENT, NOBODY = b"client", b""
PATIENCE = Patience()
SAYINGS = ["welcome", "progress", "result", "failed", "memory", "prepared", "cancelled"]


class Workers(RuleBasedStateMachine):
    """Clients, workers and time do what they like, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = TestLoop()
        self.folder = tempfile.TemporaryDirectory()
        names = [model + end for model in ("demo", "other") for end in ("", " with the worker")]
        Path(self.folder.name, "loading_times.json").write_text(json.dumps(dict.fromkeys(names, 1.0)), "utf-8")
        self.before = os.environ.get("HUEBRUSH_DATA")
        os.environ["HUEBRUSH_DATA"] = self.folder.name
        self.workers: list[FakeWorker] = []
        self.accepted: list[str] = []
        self.outcomes: dict[str, list[Message]] = {}
        self.unasked: dict[str, int] = {}
        self.gone: set[str] = set()
        self.sent = 0
        self.asking = self.channels_fail = self.launches_fail = False

    @initialize()
    def begin(self) -> None:
        """Make the front's parts."""
        self.call(self.start_front)

    def start_front(self) -> None:
        """Make the parts of a front, which goes on with what another has left on the disk."""
        self.disk = Disk(Path(self.folder.name) / "jobs")
        self.table = JobTable()
        models = (ModelInfo("demo", "Demo", "fake", "none", True), ModelInfo("other", "Other", "fake", "none", True))
        keeper = JobKeeper(self.disk, self.disk)
        self.dispatcher = Dispatcher(self.table, keeper, self, lambda: models, lambda device: None, "log", 60.0)
        worker_settings = WorkerSettings(Path(self.folder.name) / "run", patience=PATIENCE)
        self.manager = WorkerManager(worker_settings, self.dispatcher, self.open_channel, self.launch)
        self.dispatcher.attach(self.manager)
        self.dispatcher.take_over([(row, self.disk.parcel(row)) for row in self.disk.rows()])

    def open_channel(self, number: int) -> FakeWorker:
        """Make the next worker's channel."""
        if self.channels_fail:
            raise OSError(24, "Too many open files")
        self.workers.append(FakeWorker())
        return self.workers[-1]

    def launch(self, bootstrap: Bootstrap, on_exit: Callable[[int], None]) -> FakeWorker:
        """Start the next worker."""
        if self.launches_fail:
            raise OSError(12, "Cannot allocate memory")
        worker = self.workers[-1]
        worker.on_exit, worker.launched = on_exit, True
        return worker

    def offer(self, connection: bytes, frames: Sequence[Any]) -> None:
        """See `Outlet`: clients of this test are told everything."""
        self.send(connection, frames)

    def deliver(self, connection: bytes, load: Load) -> None:
        """See `Outlet`."""
        frames = load()
        if frames is not None:
            self.send(connection, frames)

    def send(self, connection: bytes, frames: Sequence[Any]) -> None:
        """Note what a client is told."""
        message = codec.decode([bytes(frame) for frame in frames]).message
        if connection == NOBODY:
            return
        if isinstance(message, OUTCOMES) and message.job in self.accepted and message.job not in self.gone:
            self.outcomes.setdefault(message.job, []).append(message)
            if not self.asking:
                self.unasked[message.job] = self.unasked.get(message.job, 0) + 1
        elif isinstance(message, Accepted) and message.job not in self.accepted:
            self.accepted.append(message.job)

    def call(self, function: Callable[[], None]) -> None:
        """Call `function` in the event loop and run what follows."""

        async def run() -> None:
            function()

        self.loop.run_until_complete(run())
        self.loop.settle()

    def ask(self, function: Callable[[], None]) -> None:
        """Call `function`, whose answer may be an outcome again."""
        self.asking = True
        self.call(function)
        self.asking = False

    # What clients do

    @precondition(lambda self: len(self.table) < 8)
    @rule(model=st.sampled_from(["demo", "other"]))
    def submit(self, model: str) -> None:
        """A new job."""
        self.sent += 1
        job = str(uuid.UUID(int=self.sent))
        message = Submit(job, model, Parameters(), tuple(PIXELS))
        frames = codec.encode(message, [b"a", b"b"])
        self.call(lambda: self.dispatcher.submit(CLIENT, "", message, frames, 2))
        assert job in self.accepted or self.disk.stuck

    @precondition(lambda self: self.accepted)
    @rule(data=st.data(), what=st.sampled_from(["fetch", "cancel", "acknowledge"]))
    def about_a_job(self, data: st.DataObject, what: str) -> None:
        """Something about any job."""
        job = data.draw(st.sampled_from(self.accepted))
        if what == "fetch":
            self.ask(lambda: self.dispatcher.fetch(CLIENT, "", job))
        elif what == "cancel" and job not in self.outcomes:
            self.call(lambda: self.dispatcher.cancel(CLIENT, "", job))
        elif what == "acknowledge":
            self.call(lambda: self.dispatcher.acknowledge("", job))
        if self.table.find(job) is None:
            self.gone.add(job)

    @rule(model=st.sampled_from(["demo", "other"]))
    def prepare(self, model: str) -> None:
        """A model is wanted ahead."""
        self.call(lambda: self.dispatcher.prepare(CLIENT, Prepare(model)))

    # What workers do

    @precondition(lambda self: self.workers)
    @rule(
        data=st.data(),
        what=st.sampled_from(SAYINGS),
    )
    def say(self, data: st.DataObject, what: str) -> None:
        """Any worker that lives says anything about any job it was given, also twice and late."""
        worker = data.draw(st.sampled_from(self.workers[-3:]))
        if not worker.alive:
            return
        if what == "welcome":
            worker.say(Welcome(1, "0", "fake", ()))
        elif what == "prepared":
            for model in {message.model for message in worker.socket.inbox if isinstance(message, Prepare)}:
                worker.say(Preparation(model, "ready"))
        elif worker.jobs:
            job = data.draw(st.sampled_from(worker.jobs[-3:]))
            worker.say(self.message(what, job), [b"0123"] if what == "result" else ())
        self.loop.settle()

    def message(self, what: str, job: str) -> Message:
        """Return what a worker says about a job."""
        if what == "result":
            return Result(job, {}, (ImageHeader("layer", 1, 1, "RGBA"),))
        if what == "cancelled":
            return Cancelled(job)
        if what == "progress":
            return Progress(job, "denoising", 1, 2, 0.5)
        return Failed(job, "out_of_memory" if what == "memory" else "bad_input", "said")

    @precondition(lambda self: self.workers)
    @rule(status=st.sampled_from([-11, 0, 7]))
    def die(self, status: int) -> None:
        """The newest worker ends by itself."""
        if self.workers[-1].launched:
            self.call(lambda: self.workers[-1].die(status))

    @precondition(lambda self: self.workers)
    @rule(killable=st.booleans())
    def hang(self, killable: bool) -> None:
        """The newest worker stands still, and perhaps cannot even be killed."""
        self.workers[-1].works, self.workers[-1].killable = False, killable

    @precondition(lambda self: self.workers)
    @rule()
    def end_late(self) -> None:
        """Workers that could not be killed end after all, when nobody waits any more."""
        for worker in self.workers:
            if worker.killed:
                self.call(lambda worker=worker: worker.die(-9))

    @rule(channels=st.booleans(), launches=st.booleans())
    def surroundings(self, channels: bool, launches: bool) -> None:
        """Channels and processes can be made, or not."""
        self.channels_fail, self.launches_fail = channels, launches

    @rule(full=st.booleans(), stuck=st.sampled_from([True, False, False]))
    def other_disk(self, full: bool, stuck: bool) -> None:
        """The disk is full or stuck, or works again."""
        self.disk.full, self.disk.stuck = full, stuck
        self.call(self.disk.go_on)

    @precondition(lambda self: not self.disk.stuck)
    @rule()
    def front_dies(self) -> None:
        """The front dies, and its worker with it; the client asks the next one for its jobs, as the plugin does."""
        for job in self.accepted:
            known = self.table.find(job)
            if known is None or not is_on_disk(known):
                self.gone.add(job)  # on the disk it may be, but it was told, or is in memory only
        for worker in self.workers:
            worker.alive = False
        self.loop.forget_everything()
        self.disk.close(remove_all=False)
        self.call(self.start_front)
        for job in self.accepted:
            if job not in self.gone:
                assert self.table.find(job) is not None, f"job {job} was lost"
                self.ask(lambda job=job: self.dispatcher.fetch(CLIENT, "", job))

    @rule(seconds=st.sampled_from([0.5, 1.0, 5.0, 15.0, 70.0]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.loop.advance(seconds)

    # What always holds

    @invariant()
    def outcomes_are_unique(self) -> None:
        """No job has two outcomes, and none is told twice without being asked for."""
        for job, told in self.outcomes.items():
            assert len({repr(message) for message in told}) == 1, (job, told)
            assert self.unasked.get(job, 0) <= 1, job

    @invariant()
    def states_fit_together(self) -> None:
        """A running job is with a worker or on its way to one, and none waits beside an idle worker."""
        if not hasattr(self, "manager"):
            return
        running, state = self.table.running, self.manager.state
        if running is None:
            assert not list(self.table.queued())
        elif running.sent:
            assert state in (WorkerState.READY, WorkerState.ENDING), state
        else:
            assert state in (WorkerState.DELAYED, WorkerState.STARTING, WorkerState.ENDING), state
        assert sum(worker.alive and worker.launched and not worker.killed for worker in self.workers) <= 1

    def teardown(self) -> None:
        """Let everything work again: then every job that is not forgotten must end."""
        try:
            if hasattr(self, "manager"):
                self.other_disk(False, False)
                self.channels_fail = self.launches_fail = False
                self.loop.advance(600.0, self.do_what_is_owed)
                assert self.table.running is None and not list(self.table.queued())
                for job in self.accepted:
                    assert job in self.outcomes or job in self.gone, f"job {job} was never told"
                self.outcomes_are_unique()
                for worker in self.workers:
                    worker.works = True
                self.submit("demo")  # and the next one works
                last = self.accepted[-1]
                self.loop.advance(600.0, self.do_what_is_owed)
                assert isinstance(self.outcomes[last][0], Result)
                self.loop.run_until_complete(asyncio.wait_for(self.closed(), None))
        finally:
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.loop.settle()
            self.loop.close()
            self.folder.cleanup()
            if self.before is None:
                del os.environ["HUEBRUSH_DATA"]
            else:
                os.environ["HUEBRUSH_DATA"] = self.before

    async def closed(self) -> None:
        """Close the manager; a worker that cannot be killed would be waited for in the test's time."""
        for worker in self.workers:
            worker.killable = True
        await self.manager.close()

    def do_what_is_owed(self) -> bool:
        """Let each worker that works answer what it was asked; return whether no job is left."""
        for worker in self.workers:
            if not (worker.alive and worker.works and worker.launched) or worker.killed:
                continue
            if self.manager.state is WorkerState.STARTING:
                worker.say(Welcome(1, "0", "fake", ()))
            inbox, cancelled = worker.socket.inbox, {m.job for m in worker.socket.inbox if isinstance(m, Cancel)}
            for message in inbox:
                if isinstance(message, Prepare):
                    worker.say(Preparation(message.model, "ready"))
                elif isinstance(message, Submit):
                    what = "cancelled" if message.job in cancelled else "result"
                    worker.say(self.message(what, message.job), [b"0123"] if what == "result" else ())
            worker.socket.inbox = []
        self.loop.settle()
        return self.table.running is None


def is_on_disk(job: Job) -> bool:
    """Whether another front would find the job as it is."""
    kept = job.outcome if job.state is JobState.FINISHED else job.input
    return kept is not None and kept.path is not None and not job.cancelling


TestWorkers = Workers.TestCase
TestWorkers.settings = settings(
    max_examples=25,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

"""Whatever workers do, each accepted job ends in exactly one outcome: dispatcher, table and manager as a state machine.

Time is the test's own, and workers are objects that hang, die, cannot be killed, and answer late or twice.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import uuid
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from huebrush_backend.server.dispatcher import Dispatcher
from huebrush_backend.server.job_table import JobTable
from huebrush_backend.server.outbox import Load
from huebrush_backend.server.standstill import Patience, Vitals
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

OUTCOMES = (Result, Failed, Cancelled)
PIXELS = [ImageHeader("line_art", 1, 1, "GRAY"), ImageHeader("reference", 1, 1, "GRAY")]
CLIENT = b"client"
PATIENCE = Patience()
SAYINGS = ["welcome", "progress", "result", "failed", "memory", "prepared", "cancelled"]


class TestLoop(asyncio.SelectorEventLoop):
    """An event loop whose time stands still until a test moves it."""

    __test__ = False
    now = 1000.0

    def time(self) -> float:
        """Return the test's time."""
        return self.now

    def settle(self) -> None:
        """Run all that is due."""
        for _ in range(8):
            self.run_until_complete(asyncio.sleep(0))

    def advance(self, seconds: float, each: Callable[[], bool] = lambda: False) -> None:
        """Let time pass in steps, and call `each` after every one; end early when it returns True."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.now + 1.0)
            self.settle()
            if each():
                return


class FakeSocket:
    """The front's end of a channel; what the worker gets is in `inbox`."""

    def __init__(self) -> None:
        self.inbox: list[Message] = []
        self.outbox: asyncio.Queue[Sequence[Any]] = asyncio.Queue()

    def send_multipart(self, frames: Sequence[Any], copy: bool = True) -> None:
        """Bring a message to the worker."""
        self.inbox.append(codec.decode([bytes(frame) for frame in frames]).message)

    def recv_multipart(self, copy: bool = True) -> Coroutine[Any, Any, Sequence[Any]]:
        """Wait for the worker's next message."""
        return self.outbox.get()


@dataclass
class FakeWorker:
    """A worker's channel and process in one."""

    socket: FakeSocket = field(default_factory=FakeSocket)
    on_exit: Callable[[int], None] = lambda status: None
    launched: bool = False
    alive: bool = True
    killed: bool = False
    killable: bool = True
    works: bool = True
    cpu: float = 0.0
    pid: int = 1
    tail: str = ""

    def bootstrap(self, engine: str, device: str, verbose: bool) -> Bootstrap:
        """See `Channel`."""
        return Bootstrap("ipc:///nowhere", 1, engine, device, verbose)

    def close(self) -> None:
        """See `Channel`."""

    def vitals(self) -> Vitals:
        """Work for a second, unless it hangs."""
        self.cpu += float(self.works and self.alive)
        return Vitals(cpu=self.cpu)

    def kill(self) -> None:
        """End, if that is possible."""
        self.killed = True
        if self.killable:
            self.die(-9)

    def die(self, status: int) -> None:
        """End the process."""
        if self.alive:
            self.alive = False
            self.on_exit(status)

    def say(self, message: Message, frames: Sequence[bytes] = ()) -> None:
        """Send a message to the front."""
        self.socket.outbox.put_nowait(codec.encode(message, list(frames)))

    @property
    def jobs(self) -> list[str]:
        """The jobs it was ever given."""
        return [message.job for message in self.socket.inbox if isinstance(message, Submit)]


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
        self.asking = self.channels_fail = self.launches_fail = False

    @initialize()
    def begin(self) -> None:
        """Make the front's parts."""
        self.table = JobTable()
        models = (ModelInfo("demo", "Demo", "fake", "none", True), ModelInfo("other", "Other", "fake", "none", True))
        self.dispatcher = Dispatcher(self.table, self, lambda: models, lambda device: None, "log", 60.0)
        worker_settings = WorkerSettings(Path(self.folder.name) / "run", patience=PATIENCE)
        self.manager = WorkerManager(worker_settings, self.dispatcher, self.open_channel, self.launch)
        self.dispatcher.attach(self.manager)

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
        job = str(uuid.UUID(int=len(self.accepted) + 1))
        message = Submit(job, model, Parameters(), tuple(PIXELS))
        frames = codec.encode(message, [b"a", b"b"])
        self.call(lambda: self.dispatcher.submit(CLIENT, "", message, frames, 2))
        assert job in self.accepted

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


TestWorkers = Workers.TestCase
TestWorkers.settings = settings(
    max_examples=25,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

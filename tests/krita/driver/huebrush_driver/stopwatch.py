"""Times every call that the plugin makes into Krita, and every piece of the plugin that Krita's event loop runs.

A profile hook on the main thread reads the clock at each call and return; what is on top of the stack gets the time
since the last. So a call's time never contains that of event handlers which ran inside it, nor a handler's time that of
the Krita calls it made. Computing time, dearer to ask for, is read only where a Krita call or a handler begins or ends.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

KRITA = "krita"
PLUGIN = "huebrush."


@dataclass(frozen=True)
class Moment:
    """Seconds so far: on the clock, computed by the calling thread, computed by all threads of the process."""

    clock: float
    thread: float
    process: float

    @classmethod
    def now(cls) -> Moment:
        """Read the three."""
        return cls(time.perf_counter(), time.thread_time(), time.process_time())


@dataclass(frozen=True)
class Timed:
    """Something that ran on the main thread. Milliseconds: on the clock (`ms`), computed meanwhile by the main thread
    (`cpu_ms`) and by all of Krita's threads together (`all_cpu_ms`)."""

    name: str
    ms: float
    cpu_ms: float
    all_cpu_ms: float

    @classmethod
    def between(cls, name: str, start: Moment, end: Moment) -> Timed:
        """Return what passed from `start` to `end`."""
        return cls(
            name,
            (end.clock - start.clock) * 1000,
            (end.thread - start.thread) * 1000,
            (end.process - start.process) * 1000,
        )


@dataclass
class _Work:
    """A call of Krita's or a run of an event handler: seconds computed, and seconds each of its functions took."""

    is_krita: bool
    thread: float = 0.0
    process: float = 0.0
    shares: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def timed(self) -> Timed:
        """Name it after the function that took most."""
        name = max(self.shares, key=lambda function: self.shares[function])
        return Timed(name, sum(self.shares.values()) * 1000, self.thread * 1000, self.process * 1000)


@dataclass(frozen=True)
class _Running:
    """A function that has not returned, as part of `work`; `name` is empty for what is not the plugin's doing, and that
    of the plugin's function which called it for another library's."""

    name: str
    work: _Work


class Stopwatch:
    """`take` returns what has run since the last `take`; what is running then is cut and counts anew from there."""

    def __init__(self) -> None:
        self._stack: list[_Running] = []
        self._calls: list[Timed] = []
        self._steps: list[Timed] = []
        self._clock = time.perf_counter()
        self._switched = Moment.now()

    def start(self) -> None:
        """Begin to time the calling thread."""
        sys.setprofile(self._notice)

    def stop(self) -> None:
        """Time no more."""
        sys.setprofile(None)

    def take(self) -> tuple[list[Timed], list[Timed]]:
        """Return Krita's calls and the steps of event handlers since the last time."""
        self._switch()
        for work in {id(running.work): running.work for running in self._stack}.values():
            self._record(work)
            work.thread = work.process = 0.0
            work.shares.clear()
        taken = self._calls, self._steps
        self._calls, self._steps = [], []
        return taken

    def _notice(self, frame: FrameType, event: str, argument: Any) -> None:
        caller = self._stack[-1] if self._stack else None
        if event == "call":
            name = _function(frame)
            if caller is None or caller.work.is_krita:
                self._enter(_Running(name, _Work(is_krita=False)))
            else:
                self._enter(_Running(name or caller.name, caller.work))
        elif event == "return":
            self._leave()
        elif _is_krita(argument):
            if event == "c_call":
                name = f"{type(argument.__self__).__name__}.{argument.__name__}"
                self._enter(_Running(name if caller is not None and caller.name else "", _Work(is_krita=True)))
            else:
                self._leave()

    def _enter(self, running: _Running) -> None:
        if self._stack and self._stack[-1].work is running.work:
            self._tick()
        else:
            self._switch()
        self._stack.append(running)

    def _leave(self) -> None:
        if not self._stack:  # it was called before the watch was started
            return
        work = self._stack[-1].work
        if len(self._stack) > 1 and self._stack[-2].work is work:
            self._tick()
            self._stack.pop()
        else:
            self._switch()
            self._stack.pop()
            self._record(work)

    def _tick(self) -> None:
        """Note the time that the function on top of the stack has taken."""
        clock = time.perf_counter()
        if self._stack and self._stack[-1].name:
            self._stack[-1].work.shares[self._stack[-1].name] += clock - self._clock
        self._clock = clock

    def _switch(self) -> None:
        """Note also the computing time: something else begins or goes on."""
        self._tick()
        now = Moment.now()
        if self._stack:
            work = self._stack[-1].work
            work.thread += now.thread - self._switched.thread
            work.process += now.process - self._switched.process
        self._switched = now
        self._clock = time.perf_counter()

    def _record(self, work: _Work) -> None:
        if work.shares:
            (self._calls if work.is_krita else self._steps).append(work.timed())


def _function(frame: FrameType) -> str:
    """Return a function of the plugin's as `module.name`, and "" for any other."""
    module, code = frame.f_globals.get("__name__", ""), frame.f_code
    if not module.startswith(PLUGIN):
        return ""
    return f"{module.removeprefix(PLUGIN)}.{getattr(code, 'co_qualname', code.co_name)}"


def _is_krita(function: Any) -> bool:
    """True for a method of one of Krita's own classes."""
    return type(getattr(function, "__self__", None)).__module__.split(".")[-1] == KRITA

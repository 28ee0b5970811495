"""Puts the parts of the front process together and runs them until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import zmq.asyncio
from huebrush_protocol.endpoint import Endpoint

from huebrush_backend.server.binding import HANDSHAKE_SECONDS, bind_front, default_address
from huebrush_backend.server.dispatcher import Dispatcher
from huebrush_backend.server.engines import DEFAULT_ENGINE, load_model_list
from huebrush_backend.server.front import Front
from huebrush_backend.server.job_table import JobTable
from huebrush_backend.server.lifetime import ParentWatch
from huebrush_backend.server.presence import Presence
from huebrush_backend.server.runtime import RuntimeFolder
from huebrush_backend.server.security import Gatekeeper
from huebrush_backend.server.standstill import Patience
from huebrush_backend.server.worker_channel import WorkerChannel
from huebrush_backend.server.worker_manager import WorkerManager, WorkerSettings
from huebrush_backend.server.worker_process import WorkerProcess

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BackendSettings:
    """Options of `huebrush serve`.

    `address`: where to listen; None for ipc in the runtime folder, or tcp on systems without ipc. `parent`: id of the
    process with which the backend ends. `prewarm`: start the worker at once instead of at the first job. `patience`:
    factor of the seconds that a worker, or a client's first word, is waited for.
    """

    keys_folder: Path
    address: str | None = None
    parent: int | None = None
    device: str = "auto"
    engine: str = DEFAULT_ENGINE
    prewarm: bool = False
    worker_tcp: bool = False
    patience: float = 1.0
    verbose: bool = False


def run_backend(
    runtime: RuntimeFolder, log_file: Path, settings: BackendSettings, on_listening: Callable[[Endpoint], None]
) -> None:
    """Serve from a claimed runtime folder until a signal or the parent's end; then remove all traces.

    `on_listening`: called when clients can connect. Raises `AddressError`, `KeyFileError` or `EngineSpecError`.
    """
    loop = asyncio.SelectorEventLoop()  # ZeroMQ cannot use the Proactor loop, the default on Windows
    try:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(_serve(runtime, log_file, settings, on_listening))
    finally:
        asyncio.set_event_loop(None)
        loop.close()


async def _serve(
    runtime: RuntimeFolder, log_file: Path, settings: BackendSettings, on_listening: Callable[[Endpoint], None]
) -> None:
    stopped = asyncio.Event()
    list_models = load_model_list(settings.engine)
    context = zmq.asyncio.Context()
    gatekeeper = Gatekeeper(context)
    address = settings.address or default_address(runtime.socket_path)
    try:
        handshake = HANDSHAKE_SECONDS * settings.patience
        socket, endpoint = bind_front(context, address, settings.keys_folder, gatekeeper, os.getpid(), handshake)
        front = Front(socket, list_models)
        patience = Patience().times(settings.patience)
        dispatcher = Dispatcher(JobTable(), front.send, list_models, front.set_device, str(log_file), patience.cancel)
        worker_settings = WorkerSettings(
            runtime.path, settings.engine, settings.device, settings.worker_tcp, settings.verbose, patience
        )
        manager = WorkerManager(
            worker_settings,
            dispatcher,
            lambda number: WorkerChannel(context, runtime.path, number, gatekeeper, settings.worker_tcp),
            lambda bootstrap, on_exit: WorkerProcess(bootstrap, runtime.path, on_exit),
        )
        dispatcher.attach(manager)
        front.attach(dispatcher)
        _stop_on_signals(stopped)
        watch = ParentWatch(settings.parent, stopped.set) if settings.parent else None
        serving = asyncio.create_task(front.serve())
        try:
            runtime.announce(endpoint)
            log.info("listening at %s", endpoint.address)
            on_listening(endpoint)
            if settings.prewarm:
                manager.start()
            async with Presence(runtime, socket, endpoint, patience.look):
                await stopped.wait()
            log.info("stopping")
            dispatcher.end_jobs()
        finally:
            serving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await serving
            if watch is not None:
                watch.close()
            await front.close()
            await manager.close()
            socket.close()
    finally:
        gatekeeper.close()
        context.destroy(linger=1000)


def _stop_on_signals(stopped: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in ending_signals():
        if sys.platform == "win32":
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))
        else:
            loop.add_signal_handler(number, stopped.set)
    if sys.platform == "win32":
        _tick(loop)


def ending_signals() -> list[signal.Signals]:
    """Return the signals that end the backend cleanly: SIGHUP, of a closed terminal, too, unless `nohup` forbids it."""
    usual = [signal.SIGTERM, signal.SIGINT]
    if sys.platform == "win32" or signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        return usual
    return [*usual, signal.SIGHUP]


def _tick(loop: asyncio.AbstractEventLoop) -> None:
    """Wake up once a second, because on Windows signals are handled only while Python code runs."""
    loop.call_later(1.0, _tick, loop)

"""Puts the parts of the front process together and runs them until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import zmq.asyncio
from huebrush_protocol.endpoint import Endpoint
from huebrush_protocol.locations import LocationError

from huebrush_backend.server.binding import HANDSHAKE_SECONDS, bind_front, default_address
from huebrush_backend.server.dispatcher import Dispatcher
from huebrush_backend.server.engines import DEFAULT_ENGINE, load_model_list
from huebrush_backend.server.front import Front
from huebrush_backend.server.growth import MOST_BYTES, GrowthWatch, start_anew
from huebrush_backend.server.job_keeper import BackgroundThread, JobKeeper
from huebrush_backend.server.job_store import JobStore, Row, store_folder, sweep_stores
from huebrush_backend.server.job_table import JobTable
from huebrush_backend.server.lifetime import ParentWatch
from huebrush_backend.server.message_files import Parcel
from huebrush_backend.server.presence import Presence
from huebrush_backend.server.runtime import RuntimeFolder
from huebrush_backend.server.security import Gatekeeper
from huebrush_backend.server.spare_worker import WorkerLauncher
from huebrush_backend.server.standstill import Patience
from huebrush_backend.server.worker_channel import WorkerChannel
from huebrush_backend.server.worker_manager import WorkerManager, WorkerSettings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BackendSettings:
    """Options of `huebrush serve`.

    `address`: where to listen; None for ipc in the runtime folder, or tcp on systems without ipc. `parent`: id of the
    process with which the backend ends. `prewarm`: start the worker at once instead of at the first job. `patience`:
    factor of the seconds that a worker, or a client's first word, is waited for. `most_memory`: bytes that the front
    may take beside its jobs.
    """

    keys_folder: Path
    address: str | None = None
    parent: int | None = None
    device: str = "auto"
    engine: str = DEFAULT_ENGINE
    prewarm: bool = False
    worker_tcp: bool = False
    patience: float = 1.0
    most_memory: int = MOST_BYTES
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
        has_grown = loop.run_until_complete(_serve(runtime, log_file, settings, on_listening))
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    if has_grown:
        start_anew()


async def _serve(
    runtime: RuntimeFolder, log_file: Path, settings: BackendSettings, on_listening: Callable[[Endpoint], None]
) -> bool:
    """Serve until the end; return whether that came because this process has grown too much."""
    stopped, grown = asyncio.Event(), asyncio.Event()
    list_models = load_model_list(settings.engine)
    context = zmq.asyncio.Context()
    gatekeeper = Gatekeeper(context)
    address = settings.address or default_address(runtime.socket_path)
    try:
        handshake = HANDSHAKE_SECONDS * settings.patience
        socket, endpoint = bind_front(context, address, settings.keys_folder, gatekeeper, os.getpid(), handshake)
        front = Front(socket, list_models)
        patience = Patience().times(settings.patience)
        store, kept = open_store(runtime.path)
        keeper = JobKeeper(store, BackgroundThread())
        table = JobTable()
        dispatcher = Dispatcher(
            table, keeper, front.outbox, list_models, front.set_device, str(log_file), patience.cancel
        )
        worker_settings = WorkerSettings(
            runtime.path, settings.engine, settings.device, settings.worker_tcp, settings.verbose, patience
        )
        launcher = WorkerLauncher(runtime.path, settings.engine)
        manager = WorkerManager(
            worker_settings,
            dispatcher,
            lambda number: WorkerChannel(context, runtime.path, number, gatekeeper, settings.worker_tcp),
            launcher.launch,
            launcher.on_look,
        )
        dispatcher.attach(manager)
        front.attach(dispatcher)
        _stop_on_signals(stopped)

        def on_grown() -> None:
            grown.set()
            stopped.set()

        growth = GrowthWatch(settings.most_memory, table.bytes_in_memory, on_grown)
        watch = ParentWatch(settings.parent, stopped.set) if settings.parent else None
        serving = asyncio.create_task(front.serve())
        try:
            runtime.announce(endpoint)
            log.info("listening at %s", endpoint.address)
            on_listening(endpoint)
            if settings.prewarm:
                manager.start()
            dispatcher.take_over(kept)
            async with Presence(runtime, socket, endpoint, patience.look):
                await stopped.wait()
            log.info("stopping")
            if not grown.is_set():
                dispatcher.end_jobs()
        finally:
            growth.close()
            launcher.close()
            await keeper.close(remove_all=runtime.is_of_one_krita and not grown.is_set())
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
        context.destroy(linger=0 if grown.is_set() else 1000)
    return grown.is_set()


def open_store(runtime: Path) -> tuple[JobStore | None, list[tuple[Row, Parcel]]]:
    """Open the table of jobs of this runtime folder; return it with what a front that died has left in it.

    None where it cannot be used; then jobs are kept in memory only.
    """
    folder = store_folder(runtime)
    sweep_stores(folder)
    try:
        store = JobStore(folder)
        return store, [(row, store.parcel(row)) for row in store.rows()]
    except (OSError, LocationError, sqlite3.Error) as error:
        log.warning("jobs are kept in memory only, and end with the backend: %s", error)
        return None, []


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

"""Keeps a running front where clients find it: what something removed of its folder is made anew."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path

import zmq
import zmq.asyncio
from huebrush_protocol.endpoint import Endpoint
from huebrush_protocol.locations import LocationError

from huebrush_backend.server import descriptors, logs
from huebrush_backend.server.binding import IPC, bind_again
from huebrush_backend.server.runtime import AlreadyRunning, RuntimeFolder

log = logging.getLogger(__name__)


class Presence:
    """Looks every `look_seconds` for lock, socket and announcement; use as an asynchronous context manager."""

    def __init__(
        self, runtime: RuntimeFolder, socket: zmq.asyncio.Socket, endpoint: Endpoint, look_seconds: float
    ) -> None:
        self._runtime, self._socket, self._endpoint, self._seconds = runtime, socket, endpoint, look_seconds
        self._task: asyncio.Task[None] | None = None
        self._has_failed = False

    async def __aenter__(self) -> Presence:
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            try:
                self._restore()
                self._has_failed = False
            except (OSError, zmq.ZMQError, LocationError, AlreadyRunning) as error:
                if not self._has_failed:
                    log.error("new clients cannot find this backend: %s", error)
                self._has_failed = True

    def _restore(self) -> None:
        """Make anew what is gone. Raises OSError, ZMQError, `LocationError`, or `AlreadyRunning` if it is another's."""
        has_lost_folder = self._runtime.claim_again()
        if has_lost_folder:
            logs.reopen()
            log.warning("the runtime folder was removed, and is made anew")
        address = self._endpoint.address
        if address.startswith(IPC) and not Path(address.removeprefix(IPC)).exists():
            descriptors.require_for_socket()
            bind_again(self._socket, address)
        if has_lost_folder or not self._runtime.is_announced():
            self._runtime.announce(self._endpoint)

"""Has the worker load a model before a job needs it, and tells the clients that asked how far it is."""

from __future__ import annotations

import logging

from huebrush_protocol import codec
from huebrush_protocol.messages import Message
from huebrush_protocol.preparing import Preparation, Prepare

from huebrush_backend.server.model_loading import ModelLoading
from huebrush_backend.server.outbox import Outlet
from huebrush_backend.server.worker_manager import WorkerManager

log = logging.getLogger(__name__)


class Preparing:
    """Keeps the last wish until the worker is free. Jobs come first: a job with a model takes the wish's place."""

    def __init__(self, outlet: Outlet, loading: ModelLoading) -> None:
        """`outlet`: the way to the clients. `loading`: what the worker has loaded."""
        self._outlet, self._loading = outlet, loading
        self._wish: str | None = None
        self._sent: str | None = None
        self._asking: dict[bytes, str] = {}

    @property
    def is_under_way(self) -> bool:
        """Whether the worker has been told to load a model, and has not answered yet."""
        return self._sent is not None

    def ask(self, owner: bytes, model: str) -> None:
        """Note that the connection `owner` wants `model`; `go_on` must follow."""
        if self._loading.loaded == model:
            self._send(owner, Preparation(model, "ready"))
            return
        self._asking[owner] = self._wish = model

    def drop_wish(self, model: str) -> None:
        """Forget a wish that the worker was not told of: a job loads `model`."""
        wish, self._wish = self._wish, None
        if wish is not None and wish not in (model, self._sent):
            self._tell_all(wish, "stopped")

    def go_on(self, worker: WorkerManager) -> None:
        """Let `worker`, which no job needs now, load what is wanted next; start it if it does not run."""
        if self._wish is None or self._sent is not None:
            return
        self._loading.begin(self._wish, starts_worker=not worker.is_ready)
        if not worker.is_ready:
            worker.start()
            return
        self._sent, self._wish = self._wish, None
        log.info("loading %s ahead", self._sent)
        worker.send_message(Prepare(self._sent))

    def on_answer(self, answer: Preparation) -> None:
        """Note the worker's answer about a model that it was told to load."""
        if answer.model != self._sent:
            return  # said twice
        self._sent = None
        if answer.state == "ready":
            self.on_loaded(answer.model)
        else:
            self._loading.forget()
            self._tell_all(answer.model, "stopped")

    def on_loaded(self, model: str) -> None:
        """Note that the worker has `model`, by a job or ahead of one."""
        if self._wish == model:
            self._wish = None
        self._loading.finish(model)
        self._tell_all(model, "ready")

    def on_job_ended(self, model: str) -> None:
        """Note that a job has ended without a result: if it was loading `model`, nobody knows whether that is there."""
        if self._sent is None and self._loading.loading == model:
            self._loading.forget()
            self._tell_all(model, "stopped")

    def on_lost(self) -> None:
        """Note that the worker has ended."""
        self._sent = self._wish = None
        self._loading.forget()
        for model in set(self._asking.values()):
            self._tell_all(model, "stopped")

    def tell(self) -> None:
        """Tell those who asked how long the model will still load."""
        for owner, model in self._asking.items():
            left = self._loading.seconds_left() if model == self._loading.loading else None
            self._outlet.offer(owner, codec.encode(Preparation(model, "loading", left)))

    def _tell_all(self, model: str, state: str) -> None:
        for owner in [owner for owner, wanted in self._asking.items() if wanted == model]:
            del self._asking[owner]
            self._send(owner, Preparation(model, state))

    def _send(self, owner: bytes, message: Message) -> None:
        self._outlet.send(owner, codec.encode(message))

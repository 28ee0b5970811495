"""Runs one job after another in the worker, from messages to the engine and back.

The worker sends `Welcome` when the engine is ready, and again when it knows its device, which only a model asks for. It
answers each `Submit` with progress, previews and an outcome.
It notices a `Cancel` when the engine asks whether it is cancelled, which it does between denoising steps.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import zmq
from huebrush_protocol import codec
from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.frames import PART_ROLES, Image
from huebrush_protocol.messages import (
    FAILURE_CODES,
    PROTOCOL_VERSION,
    Cancel,
    Cancelled,
    Failed,
    ImageHeader,
    Locate,
    Located,
    Message,
    Preview,
    Progress,
    Result,
    Submit,
    Welcome,
    failed,
)
from huebrush_protocol.parameter_ranges import MAX_NAME_LENGTH
from huebrush_protocol.preparing import Preparation, Prepare
from huebrush_protocol.texts import Text

from huebrush_backend import __version__
from huebrush_backend.engine import request as engine_request
from huebrush_backend.server import pixels

log = logging.getLogger(__name__)


class Worker:
    """Runs the jobs that arrive on `socket` with `engine`."""

    def __init__(self, socket: zmq.Socket, engine: engine_request.Colorizer) -> None:
        self._socket, self._engine = socket, engine
        self._said: Text | str = ""

    def serve(self) -> None:
        """Send `Welcome`, then run jobs for ever."""
        self._welcome()
        while True:  # no local variable here: it would keep the last job's pixels until the next job
            self._take(codec.decode(self._socket.recv_multipart(copy=False)))

    def _welcome(self) -> None:
        """Say that the worker is ready, and on which device, as far as the engine knows it yet."""
        self._said = self._engine.device_description()
        self._send(Welcome(PROTOCOL_VERSION, __version__, self._said, ()))

    def _take(self, received: codec.Received) -> None:
        if isinstance(received.message, (Submit, Locate)):
            self._run(received.message, received)
        elif isinstance(received.message, Prepare):
            self._prepare(received.message.model)
        if self._engine.device_description() != self._said:  # the first model made it known
            self._welcome()

    def _prepare(self, model: str) -> None:
        """Load `model` ahead. What is wrong with it is said by the first job that needs it, so here it is logged."""
        state = "ready"
        try:
            if isinstance(self._engine, engine_request.Preparer):
                self._engine.prepare(model, self._has_message)
        except engine_request.Cancelled:
            pass  # the model is loaded; a job waits, which needs no trial run before it
        except engine_request.EngineError as error:
            log.warning("%s was not loaded ahead: %s", model, error)
            state = "stopped"
        except Exception:
            log.exception("%s was not loaded ahead", model)
            state = "stopped"
        self._send(Preparation(model, state))

    def _has_message(self) -> bool:
        return bool(self._socket.getsockopt(zmq.EVENTS) & zmq.POLLIN)  # type: ignore[operator]

    def _run(self, submit: Submit | Locate, received: codec.Received) -> None:
        try:
            if isinstance(submit, Submit):
                job = _JobRun(self._socket, submit)
                result = self._engine.colorize(_request(submit, received), job.report, job.is_cancelled)
                self._send_result(submit, result)
            else:
                self._locate(submit, received)
        except engine_request.Cancelled:
            self._send(Cancelled(submit.job))
        except engine_request.EngineError as error:
            log.warning("job %s: %s", submit.job, error)
            code = error.code if error.code in FAILURE_CODES else "internal"
            self._send(Failed(submit.job, code, error.message, error.remedy))
        except Exception as error:
            log.exception("job %s failed", submit.job)
            self._send(_failure(submit.job, error))

    def _locate(self, locate: Locate, received: codec.Received) -> None:
        if not isinstance(self._engine, engine_request.Locator):
            raise engine_request.EngineError.of("engine.no_places")
        (image,) = received.images
        reference = engine_request.Reference(pixels.to_rgba(image), image.header.name)
        found = self._engine.locate(locate.model, reference, locate.text, locate.edits)
        fit = np.ascontiguousarray(found, np.uint8)
        header = ImageHeader("fit", fit.shape[1], fit.shape[0], "GRAY", name=locate.text[:MAX_NAME_LENGTH])
        self._send(Located(locate.job, (header,)), [fit])

    def _send_result(self, submit: Submit, result: engine_request.ColorizeResult) -> None:
        order = pixels.result_order(submit.images)
        origin = next(header for header in submit.images if header.role == "line_art")
        frames, headers = [], []
        for layer in result.layers:
            height, width = layer.pixels.shape[:2]
            x, y = origin.x + layer.x, origin.y + layer.y  # the engine counts from the line art's corner
            channels = order if layer.pixels.ndim == 3 else "GRAY"
            header = ImageHeader("layer", width, height, channels, x=x, y=y, name=layer.name)
            header = replace(header, kind=layer.kind, blend=layer.blend, color=layer.color)
            headers.append(replace(header, artists_word=layer.artists_word))
            frames.append(pixels.from_rgba(layer.pixels, order) if layer.pixels.ndim == 3 else layer.pixels.copy())
        self._send(Result(submit.job, result.recipe, tuple(headers), result.flats_report), frames)

    def _send(self, message: Message, frames: list[np.ndarray] | None = None) -> None:
        self._socket.send_multipart(codec.encode(message, frames or ()), copy=False)


class _JobRun:
    """Calls of the engine during a job: it reports events and asks whether to stop."""

    def __init__(self, socket: zmq.Socket, submit: Submit) -> None:
        self._socket, self._submit = socket, submit
        self._cancelled = False

    def report(self, event: engine_request.EngineEvent) -> None:
        """Send a progress or preview event to the front."""
        if isinstance(event, engine_request.PaintedEvent):
            return  # only measurements use this event, and they do not go over a socket
        job = self._submit.job
        if isinstance(event, engine_request.PreviewEvent):
            height, width = event.pixels.shape[:2]
            header = ImageHeader("preview", width, height, "RGB")
            message: Message = Preview(job, event.step, (header,))
            frames = [np.array(event.pixels, dtype=np.uint8, order="C")]  # a copy: the engine may reuse its buffer
        else:
            fraction = min(1.0, max(0.0, float(event.fraction)))
            left = None if event.seconds_left is None else max(0.0, float(event.seconds_left))
            message = Progress(
                job=job,
                phase=event.phase,
                step=int(event.step),
                steps=int(event.steps),
                fraction=fraction,
                seconds_left=left,
            )
            frames = []
        self._socket.send_multipart(codec.encode(message, frames), copy=False)

    def is_cancelled(self) -> bool:
        """Return whether the front has asked to stop this job. Never waits."""
        while not self._cancelled and self._socket.getsockopt(zmq.EVENTS) & zmq.POLLIN:  # type: ignore[operator]
            message = codec.decode(self._socket.recv_multipart(copy=False)).message
            self._cancelled = isinstance(message, Cancel) and message.job == self._submit.job
        return self._cancelled


def _request(submit: Submit, received: codec.Received) -> engine_request.ColorizeRequest:
    line_art = next(image for image in received.images if image.header.role == "line_art")
    masks = tuple(_mask(image, line_art) for image in received.images if image.header.role == "edit_mask")
    others = {image.header.role: image for image in received.images}
    background, hints, flats, before = (others.get(role) for role in ("background", "hints", "flats", "before"))
    colored, initial, compared, pinned = (others.get(role) for role in ("colored", "initial", "compared", "pinned"))
    return engine_request.ColorizeRequest(
        model=submit.model,
        line_art=pixels.to_rgba(line_art),
        references=_references(received.images),
        parameters=submit.parameters,
        line_art_name=line_art.header.name,
        background=background and engine_request.Reference(pixels.to_rgba(background), background.header.name),
        line_art_mask=_mask(others.get("line_art_mask"), line_art),
        reference_mask=_mask(others.get("reference_mask"), others.get("reference")),
        hints=None if hints is None else pixels.placed(hints, line_art.header),
        colored=colored and engine_request.Reference(pixels.to_rgba(colored), colored.header.name),
        flats=None if flats is None else pixels.placed(flats, line_art.header),
        flats_name="" if flats is None else flats.header.name,
        compared=compared and engine_request.Reference(pixels.placed(compared, line_art.header), compared.header.name),
        before=before and engine_request.Reference(pixels.placed(before, line_art.header), before.header.name),
        initial=initial and engine_request.Reference(pixels.placed(initial, line_art.header), initial.header.name),
        pinned=pinned and engine_request.Reference(pixels.placed(pinned, line_art.header), pinned.header.name),
        edit_masks=tuple(mask for mask in masks if mask is not None),
        edit_patches=tuple(
            engine_request.Reference(pixels.to_rgba(image), image.header.name)
            for image in received.images
            if image.header.role == "edit_patch"
        ),
    )


def _references(images: Sequence[Image]) -> tuple[engine_request.Reference, ...]:
    """Return the references that have a weight, each with its masks."""
    found = [image for image in images if image.header.role == "reference"]
    masks = {(image.header.role, image.header.reference): image for image in images if image.header.role in PART_ROLES}
    return tuple(
        engine_request.Reference(
            pixels.to_rgba(image),
            image.header.name,
            image.header.weight,
            part=_mask(masks.get(("reference_part", number)), image),
            left_out=_mask(masks.get(("reference_left_out", number)), image),
        )
        for number, image in enumerate(found)
        if image.header.weight > 0.0
    )


def _mask(mask: Image | None, picture: Image | None) -> engine_request.FigureMask | None:
    if mask is None or picture is None:
        return None
    return engine_request.FigureMask(pixels.to_mask(mask, picture.header), mask.header.name)


def report_start_failure(socket: zmq.Socket, error: Exception) -> None:
    """Tell the front why the engine cannot be made, and close `socket` when that is sent."""
    socket.send_multipart(codec.encode(Failed("", "worker_died", _reason(error))))
    socket.close()
    socket.context.term()


def _failure(job: str, error: Exception) -> Failed:
    """Describe an error other than the engine's own, which is an `EngineError`."""
    if isinstance(error, MemoryError):
        return failed(job, "out_of_memory", "memory.worker")
    if isinstance(error, ProtocolError):
        return failed(job, "internal", "result.not_sent", reason=error.message)
    return failed(job, "internal", "internal", reason=_reason(error))


def _reason(error: Exception) -> Text:
    """Return the message of `error`; without a sentence for people also its type, as in a traceback."""
    said = Text.about(error)
    return said if said.id else Text(f"{type(error).__name__}: {error}"[:900])

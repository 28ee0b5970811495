"""A backend that writes down each job it gets and answers with one layer, or with scripted regions where the job asks
for them: for what the plugin sends, and what it makes of any result.

Started as `huebrush serve` is, with the folder for its records as first word.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import zmq
from huebrush_protocol.codec import Received, decode, encode
from huebrush_protocol.endpoint import Endpoint, write_endpoint
from huebrush_protocol.messages import (
    CAPABILITIES,
    Accepted,
    Hello,
    ImageHeader,
    ModelInfo,
    Ping,
    Pong,
    Result,
    Submit,
    Welcome,
)
from huebrush_protocol.parameters import ENHANCEMENTS
from huebrush_protocol.regions import PICTURE

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from scripted_regions import region_result

MODEL = ModelInfo(
    "demo",
    "Recorder",
    "test",
    "GPL-3.0-or-later",
    True,
    builtin=True,
    enhancements=ENHANCEMENTS,
    blocks=16,
    vocabulary=("blue", "brown", "green", "hair", "hat", "pale blue"),
)


def write_down(folder: Path, received: Received) -> None:
    """Leave the latest job's message as job.json and its pictures as ROLE.pixels; the message comes last."""
    for image in received.images:
        (folder / f"{image.header.role}.pixels").write_bytes(image.data)
    fresh = folder / "job.new"
    fresh.write_text(json.dumps(asdict(received.message)), "utf-8")
    fresh.replace(folder / "job.json")


def serve(folder: Path, runtime: Path) -> None:
    """Answer until killed."""
    socket = zmq.Context().socket(zmq.ROUTER)
    address = f"ipc://{runtime / 'recorder'}"
    socket.bind(address)
    write_endpoint(runtime, Endpoint(address, os.getpid()))
    while True:
        client, *frames = socket.recv_multipart()
        received = decode(frames)
        message = received.message
        answers = []
        if isinstance(message, Hello):
            answers = [encode(Welcome(1, "test", "a recorder", (MODEL,), CAPABILITIES))]
        elif isinstance(message, Ping):
            answers = [encode(Pong(message.token))]
        elif isinstance(message, Submit):
            write_down(folder, received)
            layer = ImageHeader("layer", 2, 2, "BGRA", name="Recorded")
            result, pictures = Result(message.job, {"recipe_version": 1}, (layer,)), [bytes(range(16))]
            if message.parameters.regions.result != PICTURE:
                result, pictures = region_result(message, received.images)
            answers = [encode(Accepted(message.job)), encode(result, pictures)]
        for answer in answers:
            socket.send_multipart([client, *answer])


if __name__ == "__main__":
    serve(Path(sys.argv[1]), Path(sys.argv[sys.argv.index("--runtime") + 1]))

"""Import of the libraries that come with the plugin: msgpack, `huebrush_protocol` and pyzmq.

They lie under `vendor/`: `any/` for pure Python, `<platform>-<abi>/` for pyzmq's compiled part. Their folder stands
first on `sys.path` only while they are imported, so that other plugins keep seeing their own copies. A `zmq` that
another plugin has loaded already is used as it is: one process can hold only one.
"""

from __future__ import annotations

import contextlib
import importlib
import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from huebrush_protocol.codec import Received
    from huebrush_protocol.messages import Message

Bytes = bytes | bytearray | memoryview
"""Type of data that can be sent as a frame."""
VENDOR_FOLDER = Path(__file__).resolve().parents[1] / "vendor"
OLDEST_PYZMQ = 22
WITHOUT_LIBRARIES = (
    "This is Huebrush's source without its libraries. Import the file huebrush-krita-VERSION.zip of a release instead, "
    "or run in the folder of the source: python3 install.py plugin"
)


class MissingLibrary(Exception):
    """Error for pyzmq or msgpack that this Krita's Python cannot load; the message says what was tried."""


class Codec(Protocol):
    """Functions of the module `huebrush_protocol.codec` that the plugin calls."""

    def encode(self, message: Message, frames: Sequence[Bytes] = ()) -> list[Bytes]:
        """Return the ZeroMQ frames of `message`."""
        ...

    def decode(self, frames: Sequence[object]) -> Received:
        """Return the message in `frames`."""
        ...


@dataclass(frozen=True)
class Transport:
    """Parts that a connection needs: the modules `zmq` and `huebrush_protocol.codec`, and where `zmq` came from."""

    zmq: ModuleType
    codec: Codec
    origin: str


def platform_name() -> str:
    """Return the operating system and processor as vendor folders name them, for example "linux-x86_64"."""
    machine = platform.machine().lower().replace("arm64", "aarch64") if sys.platform == "linux" else ""
    if sys.platform == "win32":
        return "win-arm64" if platform.machine().lower() == "arm64" else "win-amd64"
    if sys.platform == "darwin":
        return "macos-universal2"
    return f"linux-{machine.replace('amd64', 'x86_64')}"


def binary_folders() -> list[Path]:
    """Return the vendor folders whose pyzmq fits this Python, best first; they need not exist."""
    exact = f"cp{sys.version_info.major}{sys.version_info.minor}"
    tags = [exact, "abi3"] if sys.version_info >= (3, 12) else [exact]
    return [VENDOR_FOLDER / f"{platform_name()}-{tag}" for tag in tags]


@contextlib.contextmanager
def first_on_path(folders: list[Path]) -> Iterator[None]:
    """Put `folders` first on `sys.path` while the block runs."""
    entries = [str(folder) for folder in folders if folder.is_dir()]
    sys.path[:0] = entries
    try:
        yield
    finally:
        for entry in entries:
            sys.path.remove(entry)


def ensure_protocol() -> None:
    """Make `huebrush_protocol` importable by its name from now on: the vendored copy, else one on `sys.path`.

    Raises ImportError, which Krita's Plugin Manager shows, where the plugin came without its libraries.
    """
    with first_on_path([VENDOR_FOLDER / "any"]):
        try:
            importlib.import_module("huebrush_protocol.messages")
        except ModuleNotFoundError as error:
            if VENDOR_FOLDER.is_dir() or error.name not in ("huebrush_protocol", "msgpack"):
                raise
            raise ImportError(WITHOUT_LIBRARIES) from error


def load_transport() -> Transport:
    """Import pyzmq and the codec, and return them. Raises `MissingLibrary`."""
    loaded = sys.modules.get("zmq")
    with first_on_path([VENDOR_FOLDER / "any", *binary_folders()]):
        try:
            from huebrush_protocol import codec

            zmq = loaded or importlib.import_module("zmq")
            importlib.import_module("zmq.auth.certs")
        except (ImportError, OSError) as error:
            tried = ", ".join(folder.name for folder in binary_folders())
            version = ".".join(str(part) for part in sys.version_info[:3])
            raise MissingLibrary(f"{error} (Python {version}, {platform_name()}; looked in {tried})") from error
    if int(zmq.__version__.split(".")[0]) < OLDEST_PYZMQ:
        raise MissingLibrary(f"another plugin has loaded pyzmq {zmq.__version__}; {OLDEST_PYZMQ} or newer is needed")
    return Transport(zmq, codec, str(Path(zmq.__file__ or "").parent))

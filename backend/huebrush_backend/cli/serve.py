"""`huebrush serve`: run the backend that the Krita plugin, or any other client, talks to."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import zmq

from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.options import add_device_option, number, whole

EXIT_ALREADY_RUNNING = 3
_MAKE_ROOM = "make room on that disk, or choose another folder with --runtime (for the keys: HUEBRUSH_DATA)"
_OTHER_FOLDER = "choose a folder that you can write to with --runtime (for the keys: HUEBRUSH_DATA)"
_MORE_FILES = "end other programs, or allow more open files, such as with: ulimit -n 4096"
REMEDIES: Mapping[int, str] = MappingProxyType(
    {
        errno.ENOSPC: _MAKE_ROOM,
        getattr(errno, "EDQUOT", errno.ENOSPC): _MAKE_ROOM,
        errno.EROFS: _OTHER_FOLDER,
        errno.EACCES: _OTHER_FOLDER,
        errno.EPERM: _OTHER_FOLDER,
        errno.EMFILE: _MORE_FILES,
        errno.ENFILE: _MORE_FILES,
    }
)
"""Remedies for errors of the operating system at the start."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `serve`."""
    parser.description = (
        "Run the backend until Ctrl+C, SIGTERM or the end of --parent. It announces itself in endpoint.json and writes "
        "its log to backend.log, both in the runtime folder. Exit status 2: it cannot start, and says why and what to "
        "do; 3: a backend already runs there."
    )
    parser.add_argument("--runtime", type=Path, metavar="DIR", help="folder for socket, endpoint.json and log")
    parser.add_argument(
        "--address",
        action=_Once,
        help="where to listen: ipc:///PATH or tcp://HOST:PORT (default: ipc in the runtime folder, or on systems "
        "without ipc a free port on loopback). tcp is always encrypted, and clients need a key",
    )
    parser.add_argument("--parent", type=whole(1), metavar="PID", help="end when this process ends")
    add_device_option(parser)
    parser.add_argument("--prewarm", action="store_true", help="start the model process now, not at the first job")
    parser.add_argument(
        "--allow-client", metavar="KEY", action="append", default=[], help="allow the tcp client with this public key"
    )
    parser.add_argument("--verbose", action="store_true", help="write more to the log")
    testing = parser.add_argument_group("for tests")
    testing.add_argument("--engine", metavar="MODULE:FACTORY", help="engine plug to use instead of the real one")
    testing.add_argument("--patience", type=number(0.001, 1000), default=1.0, help="wait this many times as long")
    testing.add_argument("--most-memory", type=number(1, 1 << 20), metavar="MIB", help="start anew with more than this")
    testing.add_argument("--worker-tcp", action="store_true", help="talk to the worker over tcp instead of ipc")


class _Once(argparse.Action):
    """Stores a value that may be given once: who names two addresses would be heard at one of them only."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        if getattr(namespace, self.dest) is not None:
            raise argparse.ArgumentError(self, "only one address is possible")
        setattr(namespace, self.dest, values)


def run(arguments: argparse.Namespace) -> int:
    """Serve; return the exit status."""
    from huebrush_protocol.locations import LocationError, data_folder, runtime_folder

    from huebrush_backend.server.backend import BackendSettings, run_backend
    from huebrush_backend.server.binding import AddressError
    from huebrush_backend.server.descriptors import raise_limit
    from huebrush_backend.server.engines import DEFAULT_ENGINE, EngineSpecError
    from huebrush_backend.server.growth import MOST_BYTES
    from huebrush_backend.server.logs import LogFileError, log_to_file
    from huebrush_backend.server.runtime import AlreadyRunning, RuntimeFolder, sweep_krita_folders
    from huebrush_backend.server.security import KeyFileError, authorize_client

    open_standard_streams()
    os.umask(0o077)  # only this user can read files made from here on
    keys_folder = data_folder() / "keys"
    settings = BackendSettings(
        keys_folder=keys_folder,
        address=arguments.address,
        parent=arguments.parent,
        device=arguments.device,
        engine=arguments.engine or DEFAULT_ENGINE,
        prewarm=arguments.prewarm,
        worker_tcp=arguments.worker_tcp,
        patience=arguments.patience,
        most_memory=MOST_BYTES if arguments.most_memory is None else int(arguments.most_memory) << 20,
        verbose=arguments.verbose,
    )
    try:
        raise_limit()
        for key in arguments.allow_client:
            authorize_client(keys_folder, key)
        with (
            RuntimeFolder((arguments.runtime or runtime_folder()).absolute()) as runtime,
            log_to_file(runtime.path, arguments.verbose) as log_file,
        ):
            if runtime.is_of_one_krita:
                sweep_krita_folders(runtime.path.parent)
            run_backend(runtime, log_file, settings, lambda endpoint: _say(f"Listening at {endpoint.address}"))
    except AlreadyRunning as error:
        print(f"huebrush serve: {error}. Use it, or end it first.", file=sys.stderr)
        return EXIT_ALREADY_RUNNING
    except (LocationError, AddressError, KeyFileError, LogFileError, EngineSpecError) as error:
        raise CommandError(str(error)) from error
    except (OSError, zmq.ZMQError) as error:
        raise CommandError(what_is_wrong(error)) from error
    return 0


def what_is_wrong(error: OSError | zmq.ZMQError) -> str:
    """Say in one sentence what is wrong with the machine or the folders there, and what to do."""
    reason = error.strerror or str(error)
    file = error.filename if isinstance(error, OSError) else None
    remedy = REMEDIES.get(error.errno or 0, "remove what is in the way, or choose another folder with --runtime")
    return f"{os.fsdecode(file) + ': ' if isinstance(file, (str, bytes)) else ''}{reason}; {remedy}"


def open_standard_streams() -> None:
    """Open those of the standard streams that are closed: a file opened later would take their place."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number


def _say(line: str) -> None:
    """Print `line`. Who cannot be told is no reason not to serve: clients read endpoint.json."""
    try:
        print(line, flush=True)
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)  # what the stream still holds is written there
        os.close(nowhere)

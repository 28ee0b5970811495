"""Runs other programs."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from huebrush_installer.errors import InstallError


def run(command: Sequence[str], *, cwd: Path | None = None, environment: Mapping[str, str] | None = None) -> None:
    """Run `command` and show its output. Raises `InstallError` when it cannot be started or fails."""
    status = run_for_status(command, cwd=cwd, environment=environment)
    if status != 0:
        raise InstallError(f"this command failed with exit status {status}: {shlex.join(command)}")


def run_for_status(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    output: BinaryIO | None = None,
) -> int:
    """Run `command` and return its exit status. Its output is shown, or written to `output`.

    Raises `InstallError` if it cannot be started.
    """
    sys.stdout.flush()
    try:
        return subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            check=False,
        ).returncode
    except OSError as error:
        raise InstallError(f"cannot run {command[0]}: {error}") from error


def output_of(
    command: Sequence[str], *, timeout: float = 60, environment: Mapping[str, str] | None = None
) -> str | None:
    """Return the standard output of `command`, or None if it is missing, fails, or takes over `timeout` seconds."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=timeout, env=environment, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return done.stdout if done.returncode == 0 else None

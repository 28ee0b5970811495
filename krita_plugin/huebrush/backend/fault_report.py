"""Fault report to send when something does not work, without the user's name and home folder."""

from __future__ import annotations

import getpass
import platform
import sys
from pathlib import Path

from huebrush_protocol.version import VERSION
from krita import Krita

from ..base.qt import BINDING, QtCore
from .connection import Link


def build_fault_report(link: Link) -> str:
    """Return versions, the state of the backend and the end of its log as text."""
    problem = link.problem
    lines = [
        f"Huebrush {VERSION}",
        f"Krita {Krita.instance().version()}, {BINDING}, Qt {QtCore.qVersion()}",
        f"Python {sys.version.split()[0]}, {platform.platform()}",
        f"Backend: {link.state.value}" + (f", {link.welcome.server_version}" if link.welcome else ""),
        f"Its process: {link.backend_pid or 'not ours'}",
        f"Device: {link.welcome.device if link.welcome else '-'} (asked for: {link.device or 'automatic'})",
        f"pyzmq from: {link.transport_origin or '-'}",
        f"Endpoint: {link.endpoint_path or 'own backend'}",
        f"Models: {', '.join(model.name + ('' if model.available else ' (missing)') for model in link.models) or '-'}",
        f"Problem: {problem.code}: {problem.message} {problem.advice}" if problem else "Problem: none",
        "Log:",
        link.log_tail() or "(empty)",
    ]
    return redact("\n".join(lines))


def redact(text: str) -> str:
    """Return `text` without the user's home folder and name."""
    text = text.replace(str(Path.home()), "~")
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        return text
    return text.replace(f"/{user}/", "/<user>/").replace(f"\\{user}\\", "\\<user>\\")

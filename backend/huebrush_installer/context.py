"""Values that every subcommand uses."""

from __future__ import annotations

from dataclasses import dataclass

from huebrush_installer.checkout import Checkout
from huebrush_installer.console import Console
from huebrush_installer.krita_locations import Surroundings


@dataclass(frozen=True)
class Context:
    """The project's folder, the machine, and the terminal."""

    checkout: Checkout
    surroundings: Surroundings
    console: Console

"""Options that several subcommands share."""

from __future__ import annotations

import argparse
from pathlib import Path

from huebrush_installer.torch_build import KINDS


def add_krita_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose a Krita by its folders."""
    parser.add_argument(
        "--krita-data",
        type=Path,
        metavar="DIR",
        help="Krita's data folder, the one that holds pykrita (default: find it)",
    )
    parser.add_argument(
        "--krita-config", type=Path, metavar="DIR", help="the folder that holds kritarc, or kritarc itself"
    )


def add_compute_option(parser: argparse.ArgumentParser) -> None:
    """Add the option that overrides which PyTorch build is installed."""
    parser.add_argument(
        "--compute",
        choices=("auto", *KINDS),
        default="auto",
        help="which PyTorch to install (default: the one that fits this machine)",
    )

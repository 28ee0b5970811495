"""`huebrush bench --random-weights`: measure each optimization of the networks, on and off."""

from __future__ import annotations

import argparse
import json
from typing import Any

from huebrush_backend.cli.main import CommandError

DEFAULT_EVALUATIONS = 40
"""Default number of evaluations. With fewer, other work of the machine hides the effect of small optimizations."""


def run_network_bench(arguments: argparse.Namespace) -> int:
    """Measure networks with random weights of the size of `arguments.model`, and print; return 0."""
    from huebrush_backend.evaluation.network_bench import measure_network
    from huebrush_backend.evaluation.random_networks import random_networks
    from huebrush_backend.models.devices import choose_device

    try:
        networks = random_networks(arguments.model, choose_device(arguments.device))
    except ValueError as error:
        raise CommandError(str(error)) from error
    size = arguments.size or networks.native_size
    repeats = arguments.repeats or DEFAULT_EVALUATIONS
    if size % 64:
        raise CommandError("--size must be a multiple of 64")
    report = {"model": arguments.model, **measure_network(networks, size, arguments.steps, repeats)}
    if arguments.json:
        print(json.dumps(report, indent=2))
    else:
        _print(report)
    return 0


def _print(report: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    measures = Table("one evaluation", "off, s", "on, s", "on / off", title=f"{report['model']}, random weights")
    for name, figures in report["measures"].items():
        measures.add_row(name, *(f"{figures[key]:.3f}" for key in ("off", "on", "ratio")))
    pictures = Table("a picture", "s", "of the plain time", title=f"{report['steps']} steps, reference guidance")
    for name, figures in report["pictures"].items():
        pictures.add_row(name, f"{figures['seconds']:.2f}", f"{figures['ratio']:.3f}")
    console.print(measures)
    console.print(pictures)
    console.print(
        f"{report['device']}; {report['size']} px, {report['million_parameters']} M parameters, the fastest of "
        f"{report['rounds']} times; first preview after {report['seconds_to_first_preview']} s, decoding "
        f"{report['decoding_seconds']} s, peak {report['peak_mib']} MiB"
    )

"""`huebrush bench flats`: compare the speed of flats with scikit-image's watershed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.number_format import one_digit

if TYPE_CHECKING:
    from rich.console import Console

_SEED = 0


def measure_flat_making(repeats: int) -> dict[str, Any]:
    """Return the number of cores and, under "sizes", the figures for each page size."""
    from huebrush_backend.evaluation.flat_bench import FlatBenchError, cores, measure_flats

    try:
        return {"cores": cores(), "repeats": repeats, "sizes": measure_flats(repeats, _SEED)}
    except FlatBenchError as error:
        raise CommandError(str(error)) from error


def print_flats(console: Console, report: dict[str, Any]) -> None:
    """Print the figures as a table."""
    from rich.table import Table

    table = Table(title=f"flats, on {report['cores']} cores")
    table.add_column("page")
    for heading in ("seconds", "watershed", "ratio", "bytes a pixel", "watershed"):
        table.add_column(heading, justify="right")
    for figures in report["sizes"]:
        table.add_row(
            f"{figures['width']} x {figures['height']} ({figures['megapixels']:.0f} Mpx, {figures['kind']})",
            f"{figures['seconds']:.2f}",
            f"{figures['watershed_seconds']:.2f}",
            f"{figures['ratio']:.1f}",
            one_digit(figures["peak_bytes_per_pixel"]),
            one_digit(figures["watershed_peak_bytes_per_pixel"]),
        )
    console.print(table)

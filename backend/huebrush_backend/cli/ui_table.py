"""The figures of `huebrush bench ui` as tables: how long Krita's main thread was held in each stage, and by what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

STAGES = {"done": "after the layers are in"}
"""Stages whose name in the report says too little."""
LISTED_MILLISECONDS = 10.0
"""Calls of Krita's are listed one by one from here on."""
EXPLANATION = (
    "Milliseconds on the clock; in brackets those that Krita's main thread, and all of Krita's threads, computed "
    "meanwhile. Where the clock says much more than either, the machine was busy with something else. A gap is the "
    "time between two beats of a 5 ms heartbeat."
)


def print_ui(console: Console, figures: Mapping[str, Any]) -> None:
    """Print the `figures` of tests/krita/measure_ui.py."""
    width, height = figures["page"]
    for table in (_gaps, _longest, _calls):
        console.print(table(figures["stages"]))
    console.print(_strokes(figures["strokes"]))
    history = figures["history"]
    console.print(
        f"The page History with {history['results']} results shows its rows after {history['first_ms']:.0f} ms the "
        f"first time and {history['again_ms']:.0f} ms later; Krita grows by {history['grown_megabytes']:.0f} MB."
    )
    console.print(EXPLANATION)
    load = figures["load_before"]
    console.print(
        f"{figures['machine']}, Krita {figures['krita']}; {width} × {height} px, {figures['depth']}; the job ended as "
        f"{figures['outcome']!r}; load of the machine before: {'unknown' if load is None else load}"
    )


def _gaps(stages: Mapping[str, Any]) -> Table:
    from rich.table import Table

    columns = {"gap": "longest", "busiest_gap": "most computed", "krita_events": "Krita's own events in one"}
    table = Table("stage", *columns.values(), title="ui: gaps between two beats, ms")
    for stage, found in stages.items():
        table.add_row(STAGES.get(stage, stage), *(_milliseconds(found[column]) for column in columns))
    return table


def _longest(stages: Mapping[str, Any]) -> Table:
    from rich.table import Table

    table = Table("stage", "", "longest", "ms", title="ui: longest call of Krita's and longest own step")
    for stage, found in stages.items():
        for kind, timed in (("Krita", found["krita_call"]), ("own", found["own_step"])):
            if timed is not None:
                table.add_row(STAGES.get(stage, stage), kind, timed["name"], _milliseconds(timed))
    return table


def _calls(stages: Mapping[str, Any]) -> Table:
    from rich.table import Table

    table = Table("stage", "call of Krita's", "times", "most each, ms", title="ui: calls of Krita's one by one")
    for stage, found in stages.items():
        for call in found["krita_calls"]:
            if max(call["ms"], call["all_cpu_ms"]) >= LISTED_MILLISECONDS:
                table.add_row(STAGES.get(stage, stage), call["name"], str(call["count"]), _milliseconds(call))
    return table


def _strokes(figures: Mapping[str, Any]) -> Table:
    from rich.table import Table

    table = Table("", "moves", "longest", "99 of 100 below", "usual", title="ui: time between moves of the pen, ms")
    for name, label in (("without_job", "without a job"), ("with_job", "while the model paints")):
        found = figures[name]
        longest = f"{found['longest']['ms']:.0f} ({found['longest']['cpu_ms']:.0f})"
        rest = (f"{found[key]:.0f}" for key in ("most_of_99_percent_ms", "usual_ms"))
        table.add_row(label, str(found["moves"]), longest, *rest)
    return table


def _milliseconds(timed: Mapping[str, Any]) -> str:
    return f"{timed['ms']:.0f} ({timed['cpu_ms']:.0f}, {timed['all_cpu_ms']:.0f})"

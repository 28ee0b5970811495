"""The tables of `huebrush bench ui`, from figures as the measuring script prints them."""

from __future__ import annotations

import io
from typing import Any

from huebrush_backend.cli.ui_table import print_ui
from rich.console import Console


def timed(ms: float, cpu: float, everything: float, name: str = "", count: int = 0) -> dict[str, Any]:
    """One entry of the report."""
    entry: dict[str, Any] = {"ms": ms, "cpu_ms": cpu, "all_cpu_ms": everything}
    return entry | ({"name": name} if name else {}) | ({"count": count} if count else {})


def test_each_stage_names_its_longest_call_and_step_with_the_time_computed() -> None:
    insertion = timed(412.4, 38.2, 480.6, "GroupLayer.addChildNode")
    stages = {
        "idle": {
            "gap": timed(6.1, 1.2, 1.3),
            "busiest_gap": timed(5.9, 2.4, 2.4),
            "krita_call": None,
            "own_step": None,
            "krita_events": timed(6.1, 1.2, 1.3),
            "krita_calls": [],
            "own_steps": [],
        },
        "writing": {
            "gap": timed(430.7, 44.4, 499.8),
            "busiest_gap": timed(87.3, 71.2, 90.9),
            "krita_call": insertion,
            "own_step": timed(9.9, 8.8, 8.9, "pixels.write_layer"),
            "krita_events": timed(31.5, 21.6, 60.1),
            "krita_calls": [{**insertion, "count": 4}, timed(3.3, 2.2, 2.2, "Node.setPixelData", 40)],
            "own_steps": [],
        },
    }
    figures = {
        "page": [4096, 4096],
        "depth": "U8",
        "krita": "5.1.5",
        "machine": "x86_64, Linux, 2 cores",
        "load_before": 0.4,
        "outcome": "done",
        "stages": stages,
        "strokes": {
            "without_job": {
                "moves": 3600,
                "longest": {"ms": 21.2, "cpu_ms": 9.1},
                "usual_ms": 8.1,
                "most_of_99_percent_ms": 12.4,
            },
            "with_job": {
                "moves": 3400,
                "longest": {"ms": 43.3, "cpu_ms": 11.7},
                "usual_ms": 8.3,
                "most_of_99_percent_ms": 17.6,
            },
        },
    }
    figures["history"] = {"results": 500, "first_ms": 61.4, "again_ms": 11.6, "grown_megabytes": 7.2}
    stream = io.StringIO()
    print_ui(Console(file=stream, width=80), figures)
    printed = " ".join(stream.getvalue().split())
    assert all(expected in printed for expected in ("3600", "43 (12)", "18"))
    assert "500 results shows its rows after 61 ms the first time and 12 ms later" in printed and "7 MB" in printed
    for expected in ("431 (44, 500)", "87 (71, 91)", "412 (38, 481)", "10 (9, 9)", "32 (22, 60)"):
        assert expected in printed
    assert printed.count("GroupLayer.addChildNode") == 2 and "pixels.write_layer" in printed
    assert "Node.setPixelData" not in printed, "a call of a few milliseconds is listed"
    assert "4096 × 4096 px, U8" in printed and "load of the machine before: 0.4" in printed

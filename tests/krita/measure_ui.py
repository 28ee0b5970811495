"""How long Krita's main thread is held while a large page is captured and its layers are written: JSON on stdout.

    python tests/krita/measure_ui.py [--edge 4096] [--depth U8]

A 5 ms heartbeat runs inside Krita; the longest gap between two beats, per stage of the job, is what is reported, with
what took longest in that stage: a call of Krita's, a step of the plugin's, Krita's own events. Then strokes are drawn
for a while, without a job and while the built-in model paints (`strokes`), and the page History of a document with many
results is opened (`history`). Beside milliseconds on
the clock (`ms`) stand those that the main thread (`cpu_ms`) and all of Krita's threads (`all_cpu_ms`) computed
meanwhile: where the clock says much more than either, the machine was busy with something else. A call in which Krita
lets events run counts in pieces.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

from krita_program import PAINTING_BACKEND, ROOT, KritaProgram

JOB_SECONDS = 900
IDLE_SECONDS = 2.0
AFTERWARDS_SECONDS = 5.0
"""How long to go on measuring when the layers are in: Krita redraws the page meanwhile."""
STROKE_SECONDS = 30.0
STROKE_PAGE = 1500
"""Side of the page, in pixels, on which strokes are drawn."""
MOST_STEPS = 150
RESULTS = 500
"""Number of results with which the page History is opened."""
MANY_RESULTS = """
import os, time
from huebrush.results.recipes import Record
from huebrush.session import session
from huebrush_protocol.frames import Image
from huebrush_protocol.messages import ImageHeader
d, files = hands.document(), session().keeper.files
edge = min(d.width(), d.height())
layer = Image(ImageHeader('layer', edge, edge, 'BGRA'), memoryview(bytes((40, 90, 200, 255)) * edge * edge))
for number in range({results}):
    settings = dict(seed=number, references=[dict(kind='file', key='girl.png', name='girl.png')])
    applied = f'2026-11-30T12:{{number // 60:02}}:{{number % 60:02}}'
    record = Record(f'job-{{number}}', '', applied, settings, {{}}, {{}})
    files.keep(files.folder_of(d), record, f'Flats {{number}}', (d.width(), d.height()), [layer])
def open_page():
    "Return the milliseconds from the click on the page's button until it has painted its rows."
    hands.show_page('colorize')
    view, began = hands.widget('huebrush_history'), time.perf_counter()
    hands.widget('huebrush_page_history').click()
    view.viewport().repaint()
    spent = (time.perf_counter() - began) * 1000
    hands.spin(1.0)
    assert view.model().rowCount() == {results}, view.model().rowCount()
    return round(spent, 1)
def resident():
    "Return the megabytes of memory that Krita holds."
    pages = int(open('/proc/self/statm').read().split()[1])
    return pages * os.sysconf('SC_PAGE_SIZE') / 1e6
"""
"""Gives the document results in files, and defines what opens the page."""
ENDS = ("done", "failed", "cancelled", "unplaced")


def measure(edge: int = 4096, depth: str = "U8", like: Path | None = None) -> dict[str, Any]:
    """Colorize a page of `edge` × `edge` pixels in a real Krita, its two layers as large as itself, and return what
    held the main thread in each stage (see `Pulse.stop`), and the load of the machine. `like`: see `KritaProgram`."""
    example = ROOT / "docs" / "example"
    krita = KritaProgram(backend=PAINTING_BACKEND, like=like)
    try:
        krita.run(
            f"hands.make_document({str(example / 'line_art.png')!r}, {str(example / 'reference.png')!r}, "
            f"depth={depth!r}, edge={edge})"
        )
        krita.run("hands.type_number('huebrush_steps_number', 5); hands.click('huebrush_backend_start')")
        krita.wait_for("hands.backend_is_ready()", "the backend")
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
        krita.run("from huebrush_driver.pulse import Pulse; pulse = Pulse()")
        time.sleep(IDLE_SECONDS)
        krita.run("hands.click('huebrush_colorize')")
        stage = krita.wait_for(f"pulse.stage in {ENDS} and pulse.stage", "the end", JOB_SECONDS)
        time.sleep(AFTERWARDS_SECONDS)
        stages = krita.value("pulse.stop()")
        version = krita.value("app.version()")
    finally:
        krita.stop()
    return {
        "page": [edge, edge],
        "depth": depth,
        "krita": version,
        "machine": f"{platform.machine()}, {platform.system()}, {os.cpu_count()} cores",
        "load_before": None if load is None else round(load, 1),
        "outcome": stage,
        "stages": stages,
    }


def measure_strokes(seconds: float = STROKE_SECONDS, like: Path | None = None) -> dict[str, Any]:
    """Draw strokes in a real Krita for `seconds`, without a job and then while the built-in model paints on the
    processor, and return what `Scribbler.stop` says of both. `like`: see `KritaProgram`."""
    example = ROOT / "docs" / "example"
    krita = KritaProgram(like=like)
    try:
        krita.run(
            f"hands.make_document({str(example / 'line_art.png')!r}, {str(example / 'reference.png')!r}, "
            f"edge={STROKE_PAGE})"
        )
        krita.run(f"hands.type_number('huebrush_steps_number', {MOST_STEPS}); hands.click('huebrush_backend_start')")
        krita.wait_for("hands.backend_is_ready()", "the backend")
        krita.run(
            "from huebrush_driver.scribbler import Scribbler; from huebrush_driver import canvas_hands\n"
            "d = hands.document(); layer = d.createNode('Strokes', 'paintlayer')\n"
            "d.rootNode().addChildNode(layer, None); d.setActiveNode(layer)\n"
            "app.action('KritaShape/KisToolBrush').trigger()\n"
            f"canvas_hands.look_at(0, 0, {STROKE_PAGE}, {STROKE_PAGE})"
        )
        found = {}
        for name in ("without_job", "with_job"):
            if name == "with_job":
                krita.run("hands.click('huebrush_colorize')")
                krita.wait_for("(hands.job() or {}).get('step', 0) >= 1", "the first step", JOB_SECONDS)
            middle = STROKE_PAGE / 2
            krita.run(f"scribbler = Scribbler(({middle}, {middle}), {STROKE_PAGE / 4})")
            time.sleep(seconds)
            found[name] = krita.value("scribbler.stop()")
        found["job_was"] = krita.value("hands.job()['stage']")
    finally:
        krita.stop()
    return {"seconds": seconds, **found}


def measure_history(results: int = RESULTS, like: Path | None = None) -> dict[str, Any]:
    """Open the page History of a document with so many `results` in a real Krita, the first time and again, and return
    the milliseconds until its rows are painted, and the megabytes by which Krita has grown. `like`: see
    `KritaProgram`."""
    example = ROOT / "docs" / "example"
    krita = KritaProgram(backend=PAINTING_BACKEND, like=like)
    try:
        krita.run(
            f"hands.make_document({str(example / 'line_art.png')!r}, {str(example / 'reference.png')!r}, edge=128)"
        )
        krita.run(MANY_RESULTS.format(results=results))
        before, first = krita.value("resident()"), krita.value("open_page()")
        again = sorted(krita.value("[open_page() for _ in range(5)]"))
        grown = krita.value("resident()") - before
    finally:
        krita.stop()
    return {"results": results, "first_ms": first, "again_ms": again[2], "grown_megabytes": round(grown, 1)}


def main() -> int:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edge", type=int, default=4096, help="page size in pixels (default: 4096)")
    parser.add_argument("--depth", choices=("U8", "U16", "F16", "F32"), default="U8")
    arguments = parser.parse_args()
    figures = measure(arguments.edge, arguments.depth)
    print(json.dumps({**figures, "strokes": measure_strokes(), "history": measure_history()}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())

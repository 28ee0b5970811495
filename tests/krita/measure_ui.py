"""How long Krita's main thread is held while a large page is captured and its layers are written: JSON on stdout.

    python tests/krita/measure_ui.py [--edge 4096] [--depth U8]

A 5 ms heartbeat runs inside Krita; the longest gap between two beats, per stage of the job, is what is reported, in
milliseconds. The stage "writing" contains Krita's own insertion of the group and its refresh of the page, which no
script can cut.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from krita_program import ROOT, KritaProgram

HERE = Path(__file__).resolve().parent


def measure(edge: int = 4096, depth: str = "U8") -> dict[str, Any]:
    """Colorize a page of `edge` × `edge` pixels in a real Krita and return the longest blocks in milliseconds."""
    example = ROOT / "docs" / "example"
    krita = KritaProgram(backend=[sys.executable, str(HERE / "backend_for_tests.py")])
    try:
        krita.run(
            f"hands.make_document({str(example / 'line_art.png')!r}, {str(example / 'reference.png')!r}, "
            f"depth={depth!r}, edge={edge})"
        )
        krita.run("hands.type_number('huebrush_steps_number', 5); hands.click('huebrush_backend_start')")
        krita.wait_for("hands.backend_is_ready()", "the backend")
        krita.run("hands.spin(1); pulse = hands.Pulse()")
        krita.run("hands.spin(2)")
        krita.run("hands.click('huebrush_colorize')")
        stage = krita.wait_for_end(300)
        longest = krita.value("pulse.stop()")
        version = krita.value("app.version()")
    finally:
        krita.stop()
    blocks = {name: round(value, 1) for name, value in longest.items()}
    return {
        "page": [edge, edge],
        "depth": depth,
        "krita": version,
        "machine": f"{platform.machine()}, {platform.system()}",
        "outcome": stage,
        "longest_block_ms": blocks,
    }


def main() -> int:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edge", type=int, default=4096, help="page size in pixels (default: 4096)")
    parser.add_argument("--depth", choices=("U8", "U16", "F16", "F32"), default="U8")
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.edge, arguments.depth), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A backend on a disk that can be filled: `python -m … ROOT NUMBER` mounts it there, and prints its tally as JSON.

Must run in a mount namespace of its own (`unshare`).
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

from huebrush_backend.evaluation.faults.scarcity import fill
from huebrush_backend.evaluation.faults.served import Served
from huebrush_backend.evaluation.faults.tally import Tally

OPTIONS = "size=4m,nr_inodes=200"


def main(root: str, number: str) -> None:
    """Mount the disk, and try a backend there without room and without inodes."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", OPTIONS, "tmpfs", root], check=True, stdout=subprocess.DEVNULL)
    served, tally, chance = Served(Path(root)), Tally(), random.Random(int(number))
    served.start()
    try:
        for what in ("room", "inodes"):
            fill(served, tally, chance, what)
        tally.front_alive = served.is_alive
    finally:
        tally.wedged += served.stop()
    print(json.dumps(tally.as_data()))


if __name__ == "__main__":
    main(*sys.argv[1:])

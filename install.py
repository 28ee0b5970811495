#!/usr/bin/env python3
"""Install, try, test, check and remove Huebrush. Needs only Python; see `python3 install.py --help`."""

import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 10)
NEWEST = (3, 14)


def suitable_interpreters():  # type: () -> list
    """Return the names of the interpreters on PATH that Huebrush can use, newest first."""
    names = ["python3.%d" % minor for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]  # noqa: UP031 (old Pythons)
    return [
        name
        for name in names
        if shutil.which(name) and subprocess.call([name, "-c", ""], stderr=subprocess.DEVNULL) == 0
    ]


def main():  # type: () -> int
    """Run the installer, or say which Python to use if this one is too old or too new."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found = suitable_interpreters()
        advice = (
            "Run it with one that you have: %s install.py %s" % (found[0], " ".join(sys.argv[1:]))  # noqa: UP031
            if found
            else "Install one from your system's packages or from python.org, then run install.py with it."
        )
        print(
            "Huebrush needs Python %d.%d to %d.%d; this one is %d.%d. %s"  # noqa: UP031
            % (OLDEST + NEWEST + tuple(sys.version_info[:2]) + (advice,))
        )
        return 2
    root = Path(__file__).resolve().parent
    sys.path[:0] = [str(root / "backend"), str(root / "protocol")]
    from huebrush_installer.program import main as run

    return run(root)


if __name__ == "__main__":
    sys.exit(main())

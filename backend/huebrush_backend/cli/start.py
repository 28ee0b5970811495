"""Start of the program `huebrush`: all that has to hold from its first moment on, before anything else is imported."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the program with the process's own arguments; return its exit status. Ctrl+C ends it at any moment."""
    try:
        from huebrush_backend.cli.process import run_process

        return run_process(sys.argv[1:])
    except KeyboardInterrupt:
        print("Cancelled.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())

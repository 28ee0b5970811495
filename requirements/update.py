#!/usr/bin/env python3
"""Pins every package, direct or indirect, for every supported Python and platform; writes runtime.txt and test.txt.

    pip install uv && python3 requirements/update.py [--upgrade]

Pinned versions stay unless --upgrade is given or pyproject.toml excludes them. PyTorch and the CUDA libraries are left
out, because the installer chooses their build for each machine (backend/huebrush_installer/torch_build.py).
"""

from __future__ import annotations

import argparse
import re
import subprocess
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
LEFT_OUT = re.compile(r"^(torch|triton|nvidia-.*|cuda-.*)==")
HEADER = "# Made by requirements/update.py from pyproject.toml; do not edit.\n"


def compile_lock(name: str, options: list[str]) -> None:
    """Resolve pyproject.toml with `options` into requirements/`name`."""
    target = FOLDER / name
    command = [
        *("uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.10", "--no-header", "--no-annotate"),
        *("--constraint", str(FOLDER / "torch.txt"), "--output-file", str(target), *options),
        *(str(FOLDER.parent / "pyproject.toml"), str(FOLDER / "bootstrap.txt")),
    ]
    subprocess.run(command, check=True)
    lines = target.read_text("utf-8").splitlines(keepends=True)
    target.write_text(HEADER + "".join(line for line in lines if not LEFT_OUT.match(line)), "utf-8")


def main() -> None:
    """Write both files, with the same versions for packages that are in both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    options = ["--upgrade"] if parser.parse_args().upgrade else []
    compile_lock("runtime.txt", ["--extra", "train", *options])
    compile_lock("test.txt", ["--extra", "dev", "--constraint", str(FOLDER / "runtime.txt"), *options])


if __name__ == "__main__":
    main()

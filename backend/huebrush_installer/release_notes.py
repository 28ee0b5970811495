"""The notes of a release: its section of CHANGELOG.md, if the tag, the version and the changelog agree.

Run as `python -m huebrush_installer.release_notes TAG` in the project's folder, by the workflow that publishes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from huebrush_installer.checkout import Checkout
from huebrush_installer.errors import InstallError

_HEADING = re.compile(r"^## +(\S+)(?: +- +(\d{4}-\d\d-\d\d))? *$", re.MULTILINE)


def release_notes(checkout: Checkout, tag: str) -> str:
    """Return the section of the changelog for the release `tag`, without its heading.

    Raises `InstallError` if the tag is not that of the project's version, or the changelog has no dated section for it.
    """
    version = checkout.version
    if tag != f"v{version}":
        raise InstallError(
            f"the tag {tag} is not that of version {version}", f"Change {checkout.version_file}, or tag v{version}."
        )
    text = (checkout.root / "CHANGELOG.md").read_text("utf-8")
    headings = list(_HEADING.finditer(text))
    for heading in headings:
        if heading[1] == version and heading[2]:
            following = re.compile(r"^## ", re.MULTILINE).search(text, heading.end())
            return text[heading.end() : following.start() if following else len(text)].strip() + "\n"
    raise InstallError(f"CHANGELOG.md has no section “## {version} - DATE”", "Give “Unreleased” its version and date.")


def main(arguments: Sequence[str]) -> int:
    """Print the notes; return the exit status."""
    try:
        print(release_notes(Checkout(Path.cwd()), *arguments), end="")
    except InstallError as error:
        print(f"{error.message}. {error.remedy}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Options whose value is a list of names with commas."""

from __future__ import annotations

from collections.abc import Sequence

from huebrush_backend.cli.main import CommandError


def names_in(option: str, text: str, known: Sequence[str]) -> tuple[str, ...]:
    """Return the names in `text`, a list with commas that `option` was given, each once.

    Raises CommandError for a name that is not among `known`, and for an empty list.
    """
    words = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    for word in words:
        if word not in known:
            raise CommandError(f"{option} does not know {word!r}; choose from {', '.join(known)}")
    if not words:
        raise CommandError(f"{option} names nothing; choose from {', '.join(known)}")
    return words

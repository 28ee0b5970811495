"""Options that several subcommands share, and argparse types for numbers in a range."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence


def add_device_option(parser: argparse.ArgumentParser) -> None:
    """Add `--device`, for `huebrush_backend.models.devices.choose_device`."""
    parser.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda, cuda:1, mps … (default: auto)")


def attach_values(words: Sequence[str], options: Sequence[str]) -> list[str]:
    """Join each of `options` in `words` to the next word, as in `--option=value`; return the new words.

    Otherwise argparse takes a value that begins with a dash for an option.
    """
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] in options:
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def empty_value(words: Sequence[str]) -> str | None:
    """Return the option in `words` with an empty value, or "a value" for others; None if there is none.

    Such a value would mean the current folder, or be taken for an option that was left out.
    """
    for index, word in enumerate(words):
        option, equals, value = word.partition("=")
        if option.startswith("--") and equals and not value:
            return option
        if not word:
            before = words[index - 1] if index else ""
            return before if before.startswith("--") and "=" not in before else "a value"
    return None


def whole(low: int, high: int | None = None) -> Callable[[str], int]:
    """Return the argparse type of a whole number from `low` to `high`, or without an upper limit."""
    meant = f"{low} or more" if high is None else f"within {low} to {high}"

    def whole_number(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a whole number, {meant}") from None
        if value < low or (high is not None and value > high):
            raise argparse.ArgumentTypeError(f"{text[:40]} is not {meant}")
        return value

    return whole_number


def number(low: float, high: float) -> Callable[[str], float]:
    """Return the argparse type of a number from `low` to `high`."""

    def real_number(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a number within {low:g} to {high:g}") from None
        if not low <= value <= high:  # also catches NaN
            raise argparse.ArgumentTypeError(f"{text} is not within {low:g} to {high:g}")
        return value

    return real_number

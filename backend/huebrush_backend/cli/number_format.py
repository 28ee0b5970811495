"""Formats figures for the commands' tables."""

from __future__ import annotations

MISSING = "–"
"""Sign for a missing figure."""


def percent(share: float | None, digits: int = 1, missing: str = MISSING) -> str:
    """Format `share` (1 is all) in percent with `digits` digits after the point."""
    return missing if share is None else f"{100 * share:.{digits}f} %"


def one_digit(value: float | None) -> str:
    """Format `value` with one digit after the point."""
    return MISSING if value is None else f"{value:.1f}"


def plus_minus(standard_error: float | None, factor: float = 1, digits: int = 1) -> str:
    """Format two of `standard_error` times `factor`, to follow a figure; nothing if it is unknown.

    `digits`: digits after the point.
    """
    return "" if standard_error is None else f" ± {2 * factor * standard_error:.{digits}f}"

"""Figures as the commands' tables show them."""

from __future__ import annotations

MISSING = "–"
"""Sign for a missing figure."""


def percent(share: float | None, digits: int = 1, missing: str = MISSING) -> str:
    """Return `share` (1: all) in percent, with so many `digits` after the point."""
    return missing if share is None else f"{100 * share:.{digits}f} %"


def number(value: float | None) -> str:
    """Return `value` with one digit after the point."""
    return MISSING if value is None else f"{value:.1f}"

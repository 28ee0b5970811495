"""The time that something will still take, in words."""

from __future__ import annotations

from ...base.strings import text


def time_left(seconds: float) -> str:
    """Return `seconds` as text for the artist."""
    whole = max(1, round(seconds))
    return (
        text("job.minutes_left", minutes=round(whole / 60)) if whole >= 90 else text("job.seconds_left", seconds=whole)
    )

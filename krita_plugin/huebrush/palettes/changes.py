"""Changes of a palette, a list of named colours in which each colour is there once."""

from __future__ import annotations

from collections.abc import Iterable

from .color_list import LARGEST_PALETTE, NamedColor

Colors = tuple[NamedColor, ...]


def with_colors(colors: Colors, new: Iterable[NamedColor], place: int) -> Colors:
    """Return `colors` with those of the `new` ones that are not there yet before the one at `place`; at most as many
    as a palette can have."""
    known = {color for color, _ in colors}
    added = tuple({color: (color, name) for color, name in new if color not in known}.values())
    return (*colors[:place], *added, *colors[place:])[:LARGEST_PALETTE]


def with_color_in_place(colors: Colors, place: int, color: str) -> Colors:
    """Return `colors` with another `color` at `place`, under the name there; as they are if it is there already."""
    if any(other == color for other, _ in colors):
        return colors
    return (*colors[:place], (color, colors[place][1]), *colors[place + 1 :])


def with_name(colors: Colors, place: int, name: str) -> Colors:
    """Return `colors` with a `name` for the one at `place`."""
    return (*colors[:place], (colors[place][0], name), *colors[place + 1 :])


def without(colors: Colors, place: int) -> Colors:
    """Return `colors` without the one at `place`."""
    return (*colors[:place], *colors[place + 1 :])


def moved(colors: Colors, place: int, target: int) -> Colors:
    """Return `colors` with the one at `place` at `target` instead."""
    rest = list(without(colors, place))
    rest.insert(target, colors[place])
    return tuple(rest)


def place_of(colors: Colors, color: str) -> int | None:
    """Return the place of `color` in `colors`, None if it is not there."""
    return next((place for place, (other, _) in enumerate(colors) if other == color), None)

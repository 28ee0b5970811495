"""Places that are alike become one entry, and entries are ranked by what a person would see of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from huebrush_protocol.texts import Text

from huebrush_backend.flats.checks.place import Fix, PlaceToCheck, Points, Spot
from huebrush_backend.flats.colors.clusters import clusters
from huebrush_backend.imaging.color_codes import rgb_from_hex

ALIKE = 10.0
"""Difference (CIEDE2000) up to which the colours of two places are alike."""
LARGE = 2e-3
"""Share of the page from which the area of a place is looked at on its own, however alike others are."""
MOST_ENTRIES = 500
"""Most entries, those with the largest visible faults. A page with more has a problem that no list solves."""
MOST_SPOTS = 1000
"""Most spots of all entries."""
MOST_CHOICES = 4
"""Most corrections of one entry."""
_MOST_COLORS = 300
"""Most colours that are compared with each other; of more, only equal ones are alike."""
ALWAYS_ALONE = ("open_gap", "merged", "color_border", "differs")
"""Kinds of places that are never alike: each is another line, or a region to decide on."""


def ranked(places: Iterable[PlaceToCheck], page: int) -> list[PlaceToCheck]:
    """Return the `places`, alike ones as one, with the largest visible fault first; at most `MOST_ENTRIES`.

    `page`: pixels of the page. Each of the places has one spot or more.
    """
    groups: dict[tuple, list[PlaceToCheck]] = defaultdict(list)
    places = list(places)
    tone = _tones({place.color for place in places})
    for index, place in enumerate(places):
        is_alone = place.kind in ALWAYS_ALONE or place.area >= LARGE * page
        suggested = tuple((fix.kind, fix.color) for fix in place.fixes if fix.suggested)
        groups[(index,) if is_alone else (place.kind, tone[place.color], suggested)].append(place)
    entries = [_one(some) for some in groups.values()]
    entries.sort(key=lambda place: (-place.visible, -place.risk, place.y, place.x))
    kept, spots = [], 0
    for entry in entries[:MOST_ENTRIES]:
        room = max(1, MOST_SPOTS - spots)
        kept.append(entry if entry.count <= room else replace(entry, spots=entry.spots[:room]))
        spots += kept[-1].count
    return kept


def _tones(colors: set[str]) -> dict[str, int]:
    """Return the number of the tone of each colour "#rrggbb"; "" has 0."""
    known = sorted(color for color in colors if color)
    if len(known) <= _MOST_COLORS:
        rgb = np.array([rgb_from_hex(color) for color in known], np.uint8).reshape(-1, 3)
        numbers = clusters(rgb, ALIKE).tolist()
    else:
        numbers = list(range(len(known)))
    return {"": 0} | {color: 1 + number for color, number in zip(known, numbers, strict=True)}


def _one(places: Sequence[PlaceToCheck]) -> PlaceToCheck:
    """Return one entry for places that are alike; its first spot is the one that shows most."""
    if len(places) == 1:
        return places[0]
    order = sorted(places, key=lambda place: (-place.visible, place.y, place.x))
    first = order[0]
    area = sum(place.area for place in order)
    spots: list[Spot] = [spot for place in order for spot in place.spots]
    text = Text.of("place.alike", count=len(spots), what=first.text)
    return replace(
        first,
        text=text,
        area=area,
        risk=max(place.risk for place in order),
        visible=sum(place.visible for place in order),
        spots=tuple(spots),
        fixes=_joint_fixes(order),
    )


def _joint_fixes(places: Sequence[PlaceToCheck]) -> tuple[Fix, ...]:
    """Return the corrections of all places: one that several have is made at each of these."""
    joint: dict[tuple[str, str, bool], list[Fix]] = defaultdict(list)
    for place in places:
        for fix in place.fixes:
            joint[(fix.kind, fix.color, fix.suggested)].append(fix)
    found = []
    for fixes in joint.values():
        points: list[Points] = [points for fix in fixes for points in fix.points]
        found.append(replace(fixes[0], more=tuple(points[1:])))
    found.sort(key=lambda fix: (not fix.suggested, -len(fix.points)))
    return tuple(found[:MOST_CHOICES])

"""Part classes: one vocabulary of semantic labels for all drawings."""

from __future__ import annotations

from enum import IntEnum


class Part(IntEnum):
    """A label value in `Drawing.labels`. The same part has the same value in every drawing."""

    BACKGROUND = 0
    SKIN = 1
    HAIR = 2
    EYES = 3
    EYE_WHITE = 4
    MOUTH = 5
    TOP = 6
    JACKET = 7
    BOTTOM = 8
    LEGWEAR = 9
    SHOES = 10
    HAT = 11
    RIBBON = 12
    NECKWEAR = 13
    BELT = 14
    BAG = 15
    BACKDROP = 16
    GROUND = 17
    FOLIAGE = 18
    TRUNK = 19
    WALL = 20
    ROOF = 21
    DOOR = 22
    MOON = 23
    CLOUD = 24
    ANIMAL = 25
    BALLOON = 26
    FLOWER = 27


PART_CLASSES: tuple[str, ...] = tuple(part.name.lower().replace("_", " ") for part in Part)
"""Class names by label value; index 0 is the background."""

"""Part classes: one vocabulary of semantic labels for all drawings.

Numbers never change, as networks are trained with them; new classes are appended to `RichPart`.
"""

from __future__ import annotations

from enum import IntEnum


class Part(IntEnum):
    """A label value in `Drawing.labels`. The same part has the same value in every drawing.

    These are the classes of `draw`, whose drawings and palettes stay as they are: measurements are compared over time.
    """

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


class RichPart(IntEnum):
    """A label value that only drawings of `draw_rich` have, beside those of `Part`."""

    BELLY = 28
    EAR = 29
    SNOUT = 30
    TAIL = 31
    PAW = 32
    HORN = 33
    MANE = 34
    WING = 35
    BEAK = 36
    FIN = 37
    SHELL = 38
    PATTERN = 39
    WATER = 40
    ROAD = 41
    BODYWORK = 42
    WINDOW = 43
    WHEEL = 44
    HUB = 45
    LAMP = 46
    BUMPER = 47
    SAIL = 48
    FLAG = 49
    SMOKE = 50
    FLOOR = 51
    RUG = 52
    CURTAIN = 53
    FURNITURE = 54
    CUSHION = 55
    BLANKET = 56
    PICTURE = 57
    POT = 58
    BOOK = 59
    TABLE = 60
    CLOTH = 61
    DISH = 62
    CUP = 63
    DRINK = 64
    FRUIT = 65
    LEAF = 66
    BREAD = 67
    CREAM = 68
    FILLING = 69
    LIPS = 70
    BROWS = 71
    BEARD = 72
    EARRING = 73
    GLASSES = 74
    GLOVES = 75
    APRON = 76
    ARMOUR = 77
    CHILD_HAIR = 78
    CHILD_TOP = 79
    CHILD_BOTTOM = 80
    HANDLE = 81
    LID = 82
    BODY = 83
    BLADE = 84
    SCREEN = 85
    STRAP = 86
    LABEL = 87
    BUTTON = 88
    NOSE = 89
    STALK = 90
    GROUND_PATTERN = 91


ALL_PART_CLASSES: tuple[str, ...] = (*PART_CLASSES, *(part.name.lower().replace("_", " ") for part in RichPart))
"""Class names by label value, of all drawings. It begins with `PART_CLASSES`."""

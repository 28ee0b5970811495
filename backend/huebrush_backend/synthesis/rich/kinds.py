"""Kinds of rich drawings, and the part classes that each may show."""

from __future__ import annotations

from huebrush_backend.synthesis.parts import Part, RichPart

PARTS_OF_KIND: dict[str, tuple[Part | RichPart, ...]] = {
    "animal": (
        Part.BACKGROUND, Part.GROUND, Part.ANIMAL, RichPart.WATER, RichPart.PATTERN, RichPart.BELLY, RichPart.SHELL,
        Part.FOLIAGE, Part.CLOUD, RichPart.WING, RichPart.FURNITURE, RichPart.TAIL, RichPart.SNOUT, RichPart.PAW,
        RichPart.FIN, RichPart.ROAD, Part.MOON, RichPart.STRAP, RichPart.LID, Part.FLOWER, RichPart.EAR, Part.TOP,
        RichPart.LEAF, Part.BOTTOM, RichPart.STALK, RichPart.MANE, Part.EYE_WHITE, RichPart.BLANKET, Part.HAT,
        Part.RIBBON, RichPart.BEAK, RichPart.BUTTON, Part.NECKWEAR, Part.TRUNK, Part.MOUTH, Part.SKIN, Part.EYES,
        RichPart.NOSE, RichPart.FRUIT, RichPart.DRINK, RichPart.LIPS, RichPart.HORN,
    ),
    "vehicle": (
        Part.BACKGROUND, RichPart.ROAD, RichPart.BODYWORK, RichPart.PATTERN, RichPart.WHEEL, RichPart.BODY,
        RichPart.WATER, RichPart.WINDOW, Part.ROOF, RichPart.DRINK, Part.CLOUD, RichPart.BUMPER, Part.BALLOON,
        RichPart.SMOKE, RichPart.HUB, RichPart.BELLY, RichPart.FIN, Part.WALL, RichPart.STRAP, Part.DOOR, Part.MOON,
        RichPart.ARMOUR, RichPart.FLOOR, Part.BACKDROP, RichPart.LID, Part.GROUND, RichPart.WING, RichPart.HANDLE,
        RichPart.CLOTH, RichPart.SAIL, RichPart.TAIL, Part.BAG, RichPart.NOSE, RichPart.LAMP, Part.TRUNK, Part.FLOWER,
        Part.FOLIAGE, Part.RIBBON, RichPart.CUSHION, RichPart.LABEL, RichPart.CURTAIN, Part.HAIR, RichPart.FLAG,
        Part.SKIN, RichPart.BLANKET, Part.TOP, RichPart.BLADE, RichPart.STALK, RichPart.CUP, RichPart.FRUIT,
    ),
    "room": (
        Part.WALL, RichPart.FLOOR, RichPart.PATTERN, Part.DOOR, RichPart.FURNITURE, RichPart.RUG, RichPart.CURTAIN,
        RichPart.BODY, Part.BACKDROP, RichPart.WINDOW, RichPart.PICTURE, RichPart.ARMOUR, RichPart.DISH, Part.FOLIAGE,
        RichPart.SCREEN, RichPart.CUSHION, RichPart.BOOK, RichPart.LEAF, RichPart.BLANKET, RichPart.TABLE,
        RichPart.POT, RichPart.CLOTH, Part.ANIMAL, RichPart.HANDLE, RichPart.LID, RichPart.STRAP, RichPart.LAMP,
        RichPart.LABEL, RichPart.STALK, RichPart.BUMPER, Part.FLOWER, RichPart.CREAM, Part.MOON, RichPart.BUTTON,
        RichPart.CUP, RichPart.BLADE, RichPart.TAIL, RichPart.EAR, RichPart.BREAD, RichPart.SNOUT, RichPart.FRUIT,
        Part.BACKGROUND, RichPart.BEAK,
    ),
    "food": (
        Part.BACKGROUND, Part.WALL, RichPart.TABLE, RichPart.CLOTH, RichPart.DISH, RichPart.CREAM, RichPart.BREAD,
        RichPart.FILLING, RichPart.FRUIT, RichPart.CUP, RichPart.PATTERN, RichPart.DRINK, RichPart.LEAF, RichPart.BODY,
        RichPart.STALK, RichPart.LID, RichPart.BLADE, RichPart.LABEL, Part.MOON, RichPart.WINDOW, RichPart.HANDLE,
        RichPart.BUTTON, RichPart.STRAP, RichPart.WATER, RichPart.FLAG,
    ),
    "face": (
        Part.BACKDROP, Part.BACKGROUND, Part.HAIR, Part.SKIN, Part.HAT, Part.TOP, Part.JACKET, RichPart.PATTERN,
        RichPart.BEARD, Part.EYE_WHITE, RichPart.CLOTH, RichPart.GROUND_PATTERN, RichPart.STRAP, Part.NECKWEAR,
        RichPart.EAR, Part.RIBBON, Part.EYES, RichPart.NOSE, RichPart.BROWS, RichPart.GLASSES, RichPart.EARRING,
        RichPart.LIPS, Part.MOUTH, Part.FLOWER, RichPart.LABEL, RichPart.BUTTON,
    ),
    "things": (
        Part.BACKGROUND, Part.BACKDROP, RichPart.BODY, Part.WALL, RichPart.PATTERN, RichPart.LID, RichPart.DISH,
        RichPart.POT, RichPart.FLOOR, RichPart.BUMPER, RichPart.GROUND_PATTERN, RichPart.HANDLE, RichPart.WINDOW,
        RichPart.LABEL, RichPart.CLOTH, RichPart.CUP, Part.RIBBON, RichPart.DRINK, Part.BAG, RichPart.STRAP,
        RichPart.LEAF, RichPart.LAMP, RichPart.BLADE, RichPart.STALK, RichPart.SCREEN, Part.SHOES, RichPart.FURNITURE,
        Part.FOLIAGE, RichPart.BOOK, Part.ROOF, RichPart.CREAM, Part.MOON, RichPart.PICTURE, RichPart.BEAK,
        RichPart.BUTTON, RichPart.PAW, RichPart.LIPS, RichPart.BREAD, RichPart.SNOUT, RichPart.EARRING, Part.FLOWER,
        RichPart.NOSE,
    ),
    "person": (
        Part.BACKGROUND, Part.WALL, Part.BACKDROP, RichPart.FLOOR, Part.TOP, Part.GROUND, Part.BOTTOM, Part.SKIN,
        RichPart.PATTERN, Part.HAIR, Part.HAT, RichPart.GROUND_PATTERN, Part.SHOES, Part.FOLIAGE, RichPart.FURNITURE,
        Part.CLOUD, RichPart.BLANKET, RichPart.WING, RichPart.CLOTH, RichPart.ARMOUR, RichPart.BEARD, RichPart.APRON,
        RichPart.BUMPER, Part.ANIMAL, Part.JACKET, Part.BALLOON, RichPart.BUTTON, RichPart.BODY, Part.MOON, Part.BELT,
        RichPart.STRAP, RichPart.LABEL, RichPart.LEAF, RichPart.GLOVES, Part.FLOWER, Part.LEGWEAR, Part.NECKWEAR,
        RichPart.ROAD, RichPart.POT, RichPart.LID, RichPart.BODYWORK, RichPart.SCREEN, Part.MOUTH, RichPart.EAR,
        Part.EYES, Part.RIBBON, Part.BAG, Part.EYE_WHITE, RichPart.SNOUT, RichPart.MANE, RichPart.TAIL, RichPart.FRUIT,
        Part.TRUNK, RichPart.LAMP, RichPart.LIPS, RichPart.EARRING, RichPart.NOSE, RichPart.STALK,
    ),
    "crowd": (
        Part.BACKGROUND, Part.WALL, RichPart.FLOOR, Part.SKIN, Part.TOP, Part.BACKDROP, Part.BOTTOM,
        RichPart.CHILD_TOP, Part.HAIR, RichPart.PATTERN, Part.GROUND, Part.HAT, RichPart.CHILD_BOTTOM, Part.SHOES,
        Part.JACKET, RichPart.CHILD_HAIR, RichPart.BEARD, RichPart.BLANKET, RichPart.FURNITURE, RichPart.APRON,
        RichPart.ARMOUR, RichPart.CLOTH, RichPart.GROUND_PATTERN, Part.FOLIAGE, Part.BELT, Part.NECKWEAR,
        RichPart.BUTTON, RichPart.WING, RichPart.BODY, Part.CLOUD, RichPart.BODYWORK, Part.LEGWEAR, Part.BALLOON,
        RichPart.STRAP, Part.ANIMAL, RichPart.SCREEN, RichPart.LABEL, Part.MOON, Part.EYES, Part.RIBBON, RichPart.LEAF,
        RichPart.ROAD, Part.BAG, RichPart.GLOVES, RichPart.BUMPER, Part.EYE_WHITE, Part.MOUTH, RichPart.POT,
        Part.FLOWER, RichPart.LID, RichPart.LAMP, RichPart.EAR, RichPart.LIPS, RichPart.SNOUT, RichPart.MANE,
        RichPart.TAIL, RichPart.EARRING, Part.TRUNK, RichPart.NOSE, RichPart.STALK, RichPart.FRUIT,
    ),
    "pattern": (
        Part.BACKDROP, Part.BACKGROUND, RichPart.GROUND_PATTERN, Part.GROUND, RichPart.PATTERN, Part.TOP,
        RichPart.CUSHION, RichPart.CLOTH, RichPart.POT, Part.LEGWEAR, RichPart.LABEL, Part.BELT, Part.FLOWER,
        RichPart.SAIL, RichPart.BODY, Part.RIBBON, RichPart.FLAG, RichPart.HANDLE, RichPart.BUMPER, RichPart.LIPS,
        Part.MOON, RichPart.LID, RichPart.STRAP, RichPart.LEAF, RichPart.BUTTON, Part.NECKWEAR, RichPart.STALK,
    ),
}  # fmt: skip
"""Part classes by kind, those that cover most first. Palettes keep classes apart that appear in the same kind."""

RICH_KINDS: tuple[str, ...] = tuple(PARTS_OF_KIND)
"""Names of the kinds."""

"""Words that the built-in model was trained with, for completing them. Imports neither torch nor OpenCV.

They equal `synthesis.captions.vocabulary`, which needs OpenCV and all drawing code; a test compares them.
"""

DEMO_WORDS: tuple[str, ...] = (
    "amber", "animal", "aqua", "auburn", "backdrop", "background", "bag", "balloon", "beige", "belt", "black",
    "blonde", "blue", "bottom", "brown", "brown skin", "charcoal", "chestnut", "cloud", "collar", "coral", "cream",
    "crimson", "dark brown", "dark green", "dark skin", "door", "dusty rose", "emerald", "eye white", "eyes",
    "fair skin", "flower", "foliage", "gold", "green", "grey", "ground", "hair", "hat", "hot pink", "indigo", "ivory",
    "jacket", "lavender", "legwear", "lemon", "lilac", "lime", "magenta", "maroon", "mauve", "mint", "moon", "mouth",
    "navy", "neckwear", "olive", "olive skin", "orange", "orchid", "pale blue", "pale green", "pale pink",
    "pale skin", "peach", "periwinkle", "pink", "plum", "purple", "red", "roof", "rose", "royal blue", "sage",
    "salmon", "scarlet", "shoes", "silver", "skin", "sky blue", "slate", "steel blue", "tan", "teal", "top", "trunk",
    "turquoise", "violet", "wall", "warm skin", "white", "yellow", "yellow green",
)  # fmt: skip

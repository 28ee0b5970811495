"""Captions that name the visible parts and their colours."""

from __future__ import annotations

import numpy as np

from huebrush_backend.imaging.color_words import COLORS, SKINS
from huebrush_backend.synthesis.design import CharacterDesign
from huebrush_backend.synthesis.drawing import Drawing
from huebrush_backend.synthesis.palette import Palette
from huebrush_backend.synthesis.parts import ALL_PART_CLASSES, Part, RichPart

_VISIBLE_SHARE = 0.002
"""Smallest share of the picture that a mentioned part covers (eyes: a quarter of it)."""

_TOP_WORDS = {"sleeveless": "tank top", "sailor": "sailor blouse"}
_HAT_WORDS = {"none": "hat", "witch": "witch hat", "straw": "straw hat"}
_PLURALS = {Part.EYES, Part.SHOES, Part.LEGWEAR, Part.BOTTOM}


def visible_parts(drawing: Drawing) -> list[Part | RichPart]:
    """Return the parts that are large enough in the drawing to be mentioned, largest first."""
    counts = np.bincount(drawing.labels.ravel(), minlength=len(ALL_PART_CLASSES))
    least = drawing.labels.size * _VISIBLE_SHARE
    seen = [part for part in (*Part, *RichPart) if counts[part] >= (least / 4 if part == Part.EYES else least)]
    return sorted(seen, key=lambda part: -counts[part])


def part_word(part: Part | RichPart, design: CharacterDesign | None) -> str:
    """Return the noun for a part, as specific as the design allows: "long hair", "pleated skirt", "coat"."""
    if design is None:
        of_scenes: dict[int, str] = {
            Part.RIBBON: "collar", Part.EYES: "eyes", Part.MOON: "moon", Part.ANIMAL: "animal"
        }  # fmt: skip
        return of_scenes.get(part, ALL_PART_CLASSES[part])
    words: dict[int, str] = {
        Part.TOP: "dress" if design.bottom == "dress" else _TOP_WORDS.get(design.top, design.top),
        Part.JACKET: {"open": "jacket", "none": "jacket"}.get(design.jacket, design.jacket),
        Part.BOTTOM: design.bottom,
        Part.LEGWEAR: "stockings" if design.legwear == "none" else design.legwear,
        Part.SHOES: design.shoes,
        Part.HAT: _HAT_WORDS.get(design.hat, design.hat),
        Part.RIBBON: {"bow": "hair bow", "side bows": "hair bows", "none": "ribbon"}.get(design.ribbon, design.ribbon),
        Part.NECKWEAR: "sailor collar" if design.neckwear == "none" else design.neckwear,
        Part.EYES: "eyes",
    }  # fmt: skip
    return words.get(part, ALL_PART_CLASSES[part])


def _hair_word(design: CharacterDesign) -> str:
    if design.back_hair in ("short", "long", "wavy", "spiky"):
        return f"{design.back_hair} {{}} hair"
    if design.back_hair == "bob":
        return "short {} hair"
    return f"{{}} hair in {'a ' if design.back_hair in ('ponytail', 'bun') else ''}{design.back_hair}"


def part_caption(drawing: Drawing, palette: Palette, part: Part | RichPart) -> str:
    """Return a caption of one part, such as "blonde hair" or "navy coat"."""
    color = palette.names[part]
    if part == Part.SKIN:
        return color if color.endswith("skin") else f"{color} skin"
    if part == Part.BACKGROUND:
        return f"{color} background"
    if part == Part.HAIR:
        return f"{color} hair"
    return f"{color} {part_word(part, drawing.design)}"


def caption(drawing: Drawing, palette: Palette, rng: np.random.Generator | None = None) -> str:
    """Return a caption such as "a girl with long blonde hair, green eyes and a navy coat, pale blue background".

    Only visible parts are named. With `rng`, wording, order and the choice of parts vary, down to a single part.
    Without it, all visible parts are named, the largest first.
    """
    parts = [part for part in visible_parts(drawing) if part not in (Part.EYE_WHITE, Part.MOUTH)]
    if rng is not None and parts and rng.random() < 0.12:
        return part_caption(drawing, palette, parts[int(rng.integers(len(parts)))])
    background = Part.BACKGROUND in parts
    parts = [part for part in parts if part != Part.BACKGROUND]
    if rng is not None and len(parts) > 2:
        kept = rng.permutation(len(parts))[: int(rng.integers(2, len(parts) + 1))]
        parts = [parts[i] for i in (kept if rng.random() < 0.5 else np.sort(kept))]
        background = background and rng.random() < 0.7
    items = [_item(drawing, palette, part) for part in parts]
    if drawing.design is None:
        text = f"a picture with {_joined(items)}" if items else "an empty picture"
    else:
        who = drawing.design.word
        if rng is not None and rng.random() < 0.4:
            text = ", ".join([who, *(item.removeprefix("a ").removeprefix("an ") for item in items)])
        else:
            text = f"a {who} with {_joined(items)}" if items else f"a {who}"
    return f"{text}, {palette.names[Part.BACKGROUND]} background" if background else text


def vocabulary() -> tuple[str, ...]:
    """Return every word for a colour and for a part in captions of drawings without a design, alphabetically.

    The built-in model is trained with only these words, as its training drawings have no designs.
    """
    return tuple(sorted({*COLORS, *SKINS, *(part_word(part, None) for part in Part)}))


def _item(drawing: Drawing, palette: Palette, part: Part | RichPart) -> str:
    if part == Part.HAIR and drawing.design is not None:
        return _hair_word(drawing.design).format(palette.names[part])
    text = part_caption(drawing, palette, part)
    if (
        part in (Part.SKIN, Part.HAIR, Part.GROUND, Part.FOLIAGE)
        or (part in _PLURALS and not text.endswith("skirt"))
        or text.endswith(("bows", "ears"))
    ):
        return text
    return f"{'an' if text[0] in 'aeio' else 'a'} {text}"


def _joined(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"

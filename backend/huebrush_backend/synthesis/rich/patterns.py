"""Patterns on garments, things and grounds: stripes, dots, checks and the like; and drawings about them."""

from __future__ import annotations

import numpy as np

from huebrush_backend.synthesis.parts import Part, RichPart
from huebrush_backend.synthesis.rich import outlines
from huebrush_backend.synthesis.rich.canvas import RichCanvas
from huebrush_backend.synthesis.shapes import Points, ribbon, spline

PATTERN_KINDS = ("stripes", "wavy stripes", "dots", "checks", "diamonds", "zigzag", "hearts", "stars", "scallops")


def pattern_pieces(rng: np.random.Generator, kind: str, extent: float, step: float) -> list[Points]:
    """Return the pieces of a pattern that covers the square from -extent to +extent; `step` is its repeat.

    Raises ValueError for a kind that is not in `PATTERN_KINDS`.
    """
    angle = float(rng.choice([0.0, np.pi / 2, np.pi / 4, -np.pi / 4, rng.uniform(-0.4, 0.4)]))
    fill = float(rng.uniform(0.35, 0.6))
    reach = extent * 1.45
    places = np.arange(-reach, reach + step, step)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    if kind == "stripes":
        half = step * fill / 2
        return [outlines.box(-reach, y - half, reach, y + half) @ turn for y in places]
    if kind in ("wavy stripes", "zigzag"):
        along = np.arange(-reach, reach + step, step / 2)
        swing = np.where(np.arange(len(along)) % 2, 0.24, -0.24) * step
        pieces = []
        for y in places:
            middle = np.stack([along, y + swing], axis=1)
            path = spline(middle, False, 4) if kind == "wavy stripes" else middle
            pieces.append(ribbon(path, step * fill * 0.8) @ turn)
        return pieces
    if kind == "checks":
        cells = [
            outlines.box(x, y, x + step, y + step)
            for row, y in enumerate(places)
            for column, x in enumerate(places)
            if (row + column) % 2
        ]
        return [cell @ turn for cell in cells]
    unit = {
        "dots": outlines.disc(0, 0, step * fill * 0.55),
        "diamonds": np.array([(0, -0.5), (0.36, 0), (0, 0.5), (-0.36, 0)]) * step * (0.5 + fill),
        "hearts": outlines.heart(0, 0, step * fill * 0.6),
        "stars": outlines.star(0, 0, step * fill * 0.75),
        "scallops": outlines.closed("-.5,0! -.42,.35 0,.55 .42,.35 .5,0!") * step,
    }.get(kind)
    if unit is None:
        raise ValueError(f"unknown pattern {kind!r}; choose one of {', '.join(PATTERN_KINDS)}")
    if kind != "scallops" and angle in (np.pi / 2, np.pi / 4, -np.pi / 4):
        angle, turn = 0.0, np.eye(2)
    rows = places[::2] if kind == "scallops" else places
    return [unit + np.array([x + (step / 2 if row % 2 else 0), y]) @ turn for row, y in enumerate(rows) for x in places]


def draw_pattern(
    canvas: RichCanvas,
    rng: np.random.Generator,
    clip: Points,
    onto: int,
    kind: str | None = None,
    fineness: float = 5.0,
) -> None:
    """Lay a pattern over the part `onto` inside `clip`; about `fineness` repeats fit across `clip`."""
    chosen = PATTERN_KINDS[int(rng.integers(len(PATTERN_KINDS)))]
    low, high = clip.min(0), clip.max(0)
    extent = float((high - low).max()) / 2
    step = 2 * extent / fineness * float(rng.uniform(0.8, 1.3)) * (1.5 if canvas.style.is_thick else 1)
    outline = float(rng.choice([0.0, 0.45, 0.6], p=[0.1, 0.6, 0.3]))
    middle = (low + high) / 2
    pieces = [piece + middle for piece in pattern_pieces(rng, kind or chosen, extent, step)]
    near = [piece for piece in pieces if ((piece.min(0) < high) & (piece.max(0) > low)).all()]
    canvas.inlay(clip, onto, near, RichPart.PATTERN, outline)


_GARMENTS: dict[str, tuple[tuple[str, Part | RichPart], ...]] = {
    "shirt": (
        ("-.2,-.42! -.44,-.3 -.56,.0! -.4,.08! -.33,-.08! -.32,.45! .32,.45! .33,-.08! .4,.08! .56,.0! .44,-.3 .2,-.42!"
         " .0,-.32", Part.TOP),
        ("-.2,-.43! 0,-.3 .2,-.43! .15,-.36 0,-.22 -.15,-.36", Part.NECKWEAR),
        ("-.57,.01! -.41,.09! -.39,.02! -.55,-.06!", Part.RIBBON),
        ("-.335,.37! .335,.37! .335,.46! -.335,.46!", Part.BELT),
        ("-.2,-.05! -.04,-.05! -.04,.1! -.12,.15 -.2,.1!", RichPart.LABEL),
    ),
    "dress": (
        ("-.14,-.45! -.22,-.44! -.2,-.15 -.16,-.05 -.42,.45! -.2,.49 0,.46 .2,.49 .42,.45! .16,-.05 .2,-.15 .22,-.44!"
         " .14,-.45! .0,-.3", Part.TOP),
        ("-.18,-.1! 0,-.06 .18,-.1! .17,0! 0,.03 -.17,0!", Part.BELT),
        ("-.4,.36! -.2,.41 0,.38 .2,.41 .4,.36! .43,.46! .2,.5 0,.47 -.2,.5 -.43,.46!", RichPart.CLOTH),
        ("-.05,-.06! -.2,-.14! -.2,.02! .05,-.06! .2,-.14! .2,.02!", Part.RIBBON),
    ),
    "cushion": (
        ("-.45,-.4! 0,-.35 .45,-.4! .4,0 .45,.4! 0,.35 -.45,.4! -.4,0", RichPart.CUSHION),
        ("-.53,-.48! -.4,-.46 -.44,-.35!", RichPart.STRAP),
        ("-.12,-.12! .12,-.12! .12,.12! -.12,.12!", RichPart.LABEL),
        ("0,-.05 .05,0 0,.05 -.05,0", RichPart.BUTTON),
    ),
    "vase": (
        ("-.14,-.3! -.16,-.2 -.33,.05 -.2,.4 -.17,.47! .17,.47! .2,.4 .33,.05 .16,-.2 .14,-.3!", RichPart.POT),
        ("-.19,-.36! .19,-.36! .17,-.28! -.17,-.28!", RichPart.LID),
        ("-.2,.4! .2,.4! .2,.48! -.2,.48!", RichPart.BUMPER),
        ("-.27,.0! 0,.05 .27,.0! .28,.1! 0,.15 -.28,.1!", RichPart.CLOTH),
    ),
    "umbrella": (
        ("-.5,.0! -.4,-.3 0,-.46 .4,-.3 .5,.0! .4,-.06 .27,.0! .13,-.06 0,.0! -.13,-.06 -.27,.0! -.4,-.06",
         RichPart.CLOTH),
        ("-.015,0! .015,0! .015,.38 .05,.43 .09,.4! .12,.42! .05,.48 -.015,.4", RichPart.HANDLE),
        ("0,-.53! .03,-.45! -.03,-.45!", RichPart.BUTTON),
        ("-.27,.0! -.2,-.3 0,-.46! -.06,-.3 0,.0! -.13,-.06", RichPart.BODY),
    ),
    "kite": (
        ("0,-.5! .32,-.12! 0,.3! -.32,-.12!", RichPart.SAIL),
        ("0,-.5! .32,-.12! 0,-.12!", RichPart.FLAG),
        ("-.03,.3! -.12,.36! -.1,.28! .1,.36! .12,.26!", Part.RIBBON),
        ("0,-.12! 0,.3! -.32,-.12!", RichPart.CLOTH),
    ),
    "sock": (
        ("-.16,-.42! .12,-.42! .12,.0 .36,.2 .38,.38 .15,.44 -.1,.36 -.2,.15 -.16,-.1", Part.LEGWEAR),
        ("-.18,-.46! .14,-.46! .14,-.32! -.18,-.32!", RichPart.CLOTH),
        ("-.2,.12! -.04,.14 -.02,.3 -.1,.38! -.2,.25", RichPart.HANDLE),
        ("0.22,.1! .36,.2 .39,.38 .2,.43! .17,.25", RichPart.CUSHION),
    ),
}  # fmt: skip


def draw_patterned_page(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    """Draw a patterned garment or thing on a patterned ground; its design and its place come from two generators."""
    page = outlines.box(-0.1, -0.1, 1.1, 1.1)
    name = list(_GARMENTS)[int(design.integers(len(_GARMENTS)))]
    own = PATTERN_KINDS[int(design.integers(len(PATTERN_KINDS)))]
    edge = design.random()
    if edge < 0.75:
        canvas.fill(page, Part.BACKDROP, outline=0, shaded=False)
        with canvas.relabelled({RichPart.PATTERN: RichPart.GROUND_PATTERN}):
            _ground(canvas, design, page)
    if edge > 0.4:
        m = float(pose.uniform(0.05, 0.16))
        round_ = design.random() < 0.4
        panel = outlines.disc(0.5, 0.5, 0.5 - m) if round_ else outlines.box(m, m, 1 - m, 1 - m, 0.08)
        canvas.fill(panel, Part.BACKGROUND if edge < 0.75 else Part.GROUND, shaded=False)
    size = float(pose.uniform(0.62, 0.9))
    x, y = pose.uniform(0.42, 0.58, 2)
    with canvas.within(float(x), float(y), size, float(pose.normal(0, 0.25)), bool(pose.random() < 0.5)):
        (body, part), *rest = _GARMENTS[name]
        outline = outlines.closed(body)
        canvas.fill(outline, part)
        draw_pattern(canvas, design, outline, part, own, float(design.uniform(3, 6)))
        for text, piece_part in rest:
            canvas.fill(outlines.closed(text), piece_part)
        if name == "shirt":
            canvas.fill(outlines.mirrored(outlines.closed(rest[1][0])), rest[1][1])
            for y in (-0.2, -0.05, 0.1, 0.25):
                canvas.fill(outlines.disc(0.1, y, 0.022), RichPart.BUTTON, 0.7, shaded=False)
        if name == "vase":
            for turn in (-0.5, 0.0, 0.5):
                _tulip(canvas, turn)
        if name == "cushion":
            for turn in range(1, 4):
                with canvas.within(0, 0, 1, turn * np.pi / 2):
                    canvas.fill(outlines.closed(rest[0][0]), rest[0][1])
    for _ in range(int(design.integers(1, 4))):
        _sprinkle(canvas, design, pose)


def _ground(canvas: RichCanvas, design: np.random.Generator, page: Points) -> None:
    kind = PATTERN_KINDS[int(design.integers(len(PATTERN_KINDS)))]
    step = float(design.uniform(0.12, 0.26)) * (1.4 if canvas.style.is_thick else 1)
    pieces = [piece + 0.5 for piece in pattern_pieces(design, kind, 0.55, step)]
    canvas.inlay(page, Part.BACKDROP, pieces, RichPart.GROUND_PATTERN, 0.6)


def _tulip(canvas: RichCanvas, turn: float) -> None:
    with canvas.within(0.12 * turn, -0.34, 0.34, turn * 0.8):
        canvas.fill(ribbon(outlines.opened("0,0 .02,-.25 0,-.5"), 0.05), RichPart.STALK)
        canvas.fill(outlines.leaf(0, -0.05, 0.4, 0.5, 0.25), RichPart.LEAF)
        canvas.fill(
            outlines.closed("-.17,-.75! -.08,-.66 0,-.8! .08,-.66 .17,-.75! .16,-.5 0,-.42 -.16,-.5"), Part.FLOWER
        )


def _sprinkle(canvas: RichCanvas, design: np.random.Generator, pose: np.random.Generator) -> None:
    x, y = pose.uniform(0.06, 0.94, 2)
    size = float(design.uniform(0.03, 0.06))
    kind = int(design.integers(3))
    if kind == 0:
        canvas.fill(outlines.star(float(x), float(y), size * 1.2), Part.MOON)
    elif kind == 1:
        canvas.fill(outlines.heart(float(x), float(y), size), RichPart.LIPS)
    else:
        canvas.fill(outlines.scalloped(float(x), float(y), size, size, 6, 0.3), Part.FLOWER)
        canvas.fill(outlines.disc(float(x), float(y), size * 0.35), RichPart.BUTTON, 0.7)

"""Designs of characters: the choices that stay the same when a character is drawn again in another pose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BACK_HAIR = ("short", "bob", "long", "wavy", "twin tails", "ponytail", "bun", "double buns", "spiky", "braids")
FRINGES = ("straight", "swept", "parted", "spiky", "curtain")
TOPS = ("shirt", "sleeveless", "sweater", "sailor")
BOTTOMS = ("skirt", "pleated skirt", "long skirt", "trousers", "shorts", "dress")
JACKETS = ("none", "open", "coat", "cape")
LEGWEARS = ("none", "socks", "knee socks", "tights")
SHOES = ("shoes", "boots")
HATS = ("none", "beret", "witch", "straw", "beanie", "cap", "crown")
RIBBONS = ("none", "bow", "side bows", "hairband", "cat ears")
PATTERNS = ("plain", "striped")
NECKWEARS = ("none", "necktie", "bow tie", "scarf")


@dataclass(frozen=True)
class CharacterDesign:
    """A character's looks, without pose and colour. Lengths are in head heights."""

    heads: float
    build: float
    face_width: float
    jaw: float
    eye_size: float
    eye_height: float
    eye_slant: float
    back_hair: str
    fringe: str
    hair_length: float
    hair_volume: float
    side_locks: float
    top: str
    bottom: str
    skirt_length: float
    sleeve_length: float
    sleeve_width: float
    jacket: str
    legwear: str
    shoes: str
    hat: str
    ribbon: str
    neckwear: str
    belt: bool
    bag: bool
    glasses: bool
    flower: bool
    pattern: str
    seed: int

    @property
    def word(self) -> str:
        """Word for the character in a caption: "girl", "boy", "woman" or "man"."""
        feminine = self.bottom not in ("trousers", "shorts") or self.back_hair not in ("short", "spiky", "bob")
        if self.heads < 5.2:
            return "girl" if feminine else "boy"
        return "woman" if feminine else "man"


def _pick(rng: np.random.Generator, options: tuple[str, ...], weights: tuple[float, ...]) -> str:
    edge = rng.random() * sum(weights)
    for option, weight in zip(options, weights, strict=True):
        edge -= weight
        if edge < 0:
            return option
    return options[-1]


def design(rng: np.random.Generator) -> CharacterDesign:
    """Return a random character design; a pure function of the generator's state."""
    back_hair = _pick(rng, BACK_HAIR, (2, 2, 3, 2, 2.2, 2, 1, 1, 1.6, 1.2))
    hat = _pick(rng, HATS, (6, 1, 1, 1, 1, 1, 0.6))
    ribbon = _pick(rng, RIBBONS, (3, 2, 1.5, 1.2, 1.2))
    if hat != "none" and ribbon in ("cat ears", "hairband", "bow"):
        ribbon = "none"
    bottom = _pick(rng, BOTTOMS, (2, 2, 1.2, 2.4, 1.2, 2))
    jacket = _pick(rng, JACKETS, (5, 2.5, 1.5, 1))
    return CharacterDesign(
        heads=float(
            rng.choice([rng.uniform(2.4, 3.4), rng.uniform(3.2, 4.8), rng.uniform(4.6, 6.2)], p=[0.4, 0.35, 0.25])
        ),
        build=float(rng.uniform(-1, 1)),
        face_width=float(rng.uniform(0.92, 1.1)),
        jaw=float(rng.uniform(0, 1)),
        eye_size=float(rng.uniform(0.85, 1.25)),
        eye_height=float(rng.uniform(0.72, 1.08)),
        eye_slant=float(rng.uniform(-0.18, 0.18)),
        back_hair=back_hair,
        fringe=_pick(rng, FRINGES, (1.5, 2, 1.5, 1.5, 1.2)),
        hair_length=float(rng.uniform(0.7, 1.9)),
        hair_volume=float(rng.uniform(0.05, 0.13)),
        side_locks=float(rng.uniform(0.2, 0.9)) if rng.random() < 0.7 else 0.0,
        top=_pick(rng, TOPS, (3, 1.3, 1.5, 1.2)),
        bottom=bottom,
        skirt_length=float(rng.uniform(0.3, 0.62)),
        sleeve_length=float(rng.choice([rng.uniform(0.25, 0.45), rng.uniform(0.8, 0.95)])),
        sleeve_width=float(rng.uniform(1.2, 1.9)),
        jacket=jacket,
        legwear=_pick(rng, LEGWEARS, (1.3, 1, 2.4, 2)),
        shoes=_pick(rng, SHOES, (1.6, 1)),
        hat=hat,
        ribbon=ribbon,
        neckwear=_pick(rng, NECKWEARS, (4, 1.5, 1.5, 1.5)),
        belt=bool(rng.random() < 0.4),
        bag=bool(rng.random() < 0.3),
        glasses=bool(rng.random() < 0.1),
        flower=bool(rng.random() < 0.15),
        pattern=_pick(rng, PATTERNS, (3, 2)),
        seed=int(rng.integers(2**31)),
    )

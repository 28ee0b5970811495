"""Colours and palettes."""

from __future__ import annotations


class InSrgb:
    """What has a colour space, which is 8-bit sRGB for everything here."""

    def colorModel(self) -> str:
        return "RGBA"

    def colorDepth(self) -> str:
        return "U8"

    def colorProfile(self) -> str:
        return "sRGB-elle-V2-srgbtrc.icc"


class ManagedColor(InSrgb):
    """An 8-bit sRGB colour: blue, green, red and alpha from 0 to 1."""

    def __init__(self, *_space: str) -> None:
        self._components = [0.0, 0.0, 0.0, 1.0]

    @classmethod
    def of(cls, *components: float) -> ManagedColor:
        color = cls()
        color.setComponents(list(components))
        return color

    def setComponents(self, components: list[float]) -> None:
        self._components = components

    def components(self) -> list[float]:
        return self._components


class Swatch:
    """A colour of a palette."""

    def __init__(self, color: ManagedColor) -> None:
        self._color = color

    def isValid(self) -> bool:
        return True

    def name(self) -> str:
        return "Orange, warm" if self._color.components()[0] == 0.0 else "3 of #ffffff"

    def color(self) -> ManagedColor:
        return self._color


class Palette:
    """The palette of a resource, which is its colours here."""

    def __init__(self, resource: list[ManagedColor]) -> None:
        self._colors = resource

    def colorsCountTotal(self) -> int:
        return len(self._colors)

    def colorSetEntryByIndex(self, index: int) -> Swatch:
        return Swatch(self._colors[index])

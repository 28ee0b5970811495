"""Layers found by their names, however these are written in the file and however they are typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

UNNAMED = "unnamed"
"""Name of a layer that has none."""
_NUMBERED = re.compile(r"(.*)#([0-9]{1,6})", re.DOTALL)
_SPECIAL_IN_SHELLS = re.compile(r"[\"$`\\!]")


class NamedLayer(Protocol):
    """A layer with the names of the groups around it."""

    @property
    def path(self) -> tuple[str, ...]:
        """Names from the outermost group to the layer."""
        ...

    @property
    def other_names(self) -> tuple[str, ...]:
        """Other readings of the layer's own name."""
        ...


def clean_name(stored: str) -> str:
    """Return a layer's name as it is used here: without NULs at its end; `UNNAMED` if nothing can be seen of it."""
    name = stored.rstrip("\0")
    return name if _letters(name) else UNNAMED


def quoted(name: str) -> str:
    """Return `name` in quotes, so that a shell takes it as it is."""
    if _SPECIAL_IN_SHELLS.search(name):
        return "'" + name.replace("'", "'\"'\"'") + "'"
    return f'"{name}"'


class LayerNames:
    """Finder of layers by name; `layers` are in the file's order, bottom to top.

    A name is a layer's own or that with its groups; with "#2" behind it, the second that is called so, counted from
    the top; or only "#5", the fifth of the list. The first of these comparisons that finds a layer decides: letter for
    letter; without blanks at the ends, control characters and what differs between the normal forms of Unicode; without
    regard to case, width and slashes at the ends.
    """

    def __init__(self, layers: Sequence[NamedLayer]) -> None:
        self._layers = layers
        self._tables: dict[Callable[[str], str], _Table] = {}

    def called(self, name: str) -> list[int]:
        """Return the places of the layers that `name` means; more than one if it does not tell them apart."""
        found = self._matching(name)
        numbered = _NUMBERED.fullmatch(name.strip())
        if found or numbered is None:
            return found
        base, number = numbered[1], int(numbered[2])
        same = self._matching(base) if base else list(range(len(self._layers)))
        return [same[-number]] if 0 < number <= len(same) else []

    def to_type(self) -> list[str]:
        """Return for each layer a name without control characters that means this layer alone."""
        return list(map(self._to_type, range(len(self._layers))))

    def _to_type(self, place: int) -> str:
        name = "".join(map(_visible, "/".join(self._layers[place].path)))
        same = self.called(name)
        if same == [place]:
            return name
        if place in same:
            numbered = f"{name}#{len(same) - same.index(place)}"
            if self.called(numbered) == [place]:
                return numbered
        return f"#{len(self._layers) - place}"

    def _matching(self, name: str) -> list[int]:
        for compared in (_exact, _normal, _loose):
            table = self._table(compared)
            wanted = compared(name)
            if wanted in table.any_name:
                # Where one name has its groups before it and others do not, it is meant.
                return table.in_groups.get(wanted) or table.any_name[wanted]
        return []

    def _table(self, compared: Callable[[str], str]) -> _Table:
        if compared not in self._tables:
            self._tables[compared] = table = _Table({}, {})
            for place, layer in enumerate(self._layers):
                own = (layer.path[-1], *layer.other_names)
                full = ["/".join((*layer.path[:-1], name)) for name in own]
                for name in {compared(name) for name in (*own, *full)} - {""}:
                    table.any_name.setdefault(name, []).append(place)
                for name in {compared(name) for name in full if len(layer.path) > 1} - {""}:
                    table.in_groups.setdefault(name, []).append(place)
        return self._tables[compared]


class _Table(NamedTuple):
    """Places of layers by name, as one comparison sees it: by any of their names, and by those with groups."""

    any_name: dict[str, list[int]]
    in_groups: dict[str, list[int]]


def _exact(name: str) -> str:
    return name


def _visible(letter: str) -> str:
    if unicodedata.category(letter) in ("Cc", "Zl", "Zp"):
        return " "
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(letter) == "Cs" else letter


def _letters(name: str) -> str:
    return "".join(letter for letter in name if unicodedata.category(letter) not in ("Cc", "Cf")).strip()


def _normal(name: str) -> str:
    """Return `name` in one normal form, with single blanks and without any at the ends of its parts."""
    text = unicodedata.normalize("NFC", "".join(map(_visible, name)))
    return "/".join(" ".join(part.split()) for part in text.split("/"))


def _loose(name: str) -> str:
    """Return `name` without what is easily typed in another way, or not seen at all."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return _normal("".join(letter for letter in text if unicodedata.category(letter) != "Cf")).strip("/")

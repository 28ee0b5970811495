"""Places that are alike are one entry with all their spots, and its correction is made at each of them."""

from __future__ import annotations

from huebrush_backend.flats.checks.alike import ranked
from huebrush_backend.flats.checks.place import Fix, PlaceToCheck
from huebrush_protocol.texts import Text

PAGE = 1_000_000


def speck(x: int, color: str = "#c81e28", area: int = 20, visible: float = 2.0, kind: str = "unsure") -> PlaceToCheck:
    fix = Fix("color", Text.of("fix.take", color="#14a03c"), x + 1.0, 1.0, color="#14a03c")
    spot = (x, 0, 5, 5, x + 1.0, 1.0)
    return PlaceToCheck(kind, 0.3, Text.of("place.unsure"), x, 0, 5, 5, area, color, (fix,), visible, (spot,))


def test_specks_of_one_colour_are_one_entry():
    (entry,) = ranked([speck(10 * number, visible=float(number)) for number in range(175)], PAGE)
    assert (entry.count, entry.area, entry.visible) == (175, 175 * 20, sum(range(175)))
    assert entry.spots[0][0] == entry.x == 1740, "the one that shows most is not the first"
    (fix,) = entry.fixes
    assert len(fix.points) == 175 and len(set(fix.points)) == 175
    assert entry.text.arguments["count"] == 175


def test_hardly_different_colours_are_alike_and_clearly_different_ones_are_not():
    found = ranked([speck(0), speck(10, "#ca2029"), speck(20, "#1e3cd2")], PAGE)
    assert sorted(entry.count for entry in found) == [1, 2]


def test_a_large_place_stands_alone():
    found = ranked([speck(0), speck(10), speck(20, area=PAGE // 100, visible=900.0)], PAGE)
    assert [entry.count for entry in found] == [1, 2]


def test_other_kinds_and_other_suggestions_stand_apart():
    suggested = speck(30)
    fix = Fix("color", Text.of("fix.take", color="#14a03c"), 31.0, 1.0, color="#14a03c", suggested=True)
    suggested = PlaceToCheck(**{**suggested.__dict__, "fixes": (fix,)})
    found = ranked([speck(0), speck(10), speck(20, kind="unpainted"), suggested], PAGE)
    assert sorted(entry.count for entry in found) == [1, 1, 2]
    assert [entry.fixes[0].suggested for entry in found].count(True) == 1


def test_a_gap_in_a_line_is_never_alike_another():
    assert len(ranked([speck(0, kind="open_gap"), speck(10, kind="open_gap")], PAGE)) == 2

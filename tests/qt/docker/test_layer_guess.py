"""Words in the names of layers: whole ones count, parts of others do not."""

from __future__ import annotations

import pytest
from huebrush.documents.layer_guess import LINE_WORDS, REFERENCE_WORDS, SKETCH_WORDS, has_word

LINES = (
    "Line art|Lines|LINES|line_art|lineArt01|LineArt|lineart|Inks|INK 2|inks2|Ink-lines|Linien|Tusche|Linienebene|線画|"
    "キャラ線画|線画レイヤー|線画のコピー|人物线稿|线稿 副本|线稿2|主線|ペン入れ|线|線|Layer 3 (lines)|"
    "Copy of Line art|"
    "Außenlinien|線稿|勾线层|ラインアート|インク|MyLines|outlines"
)
NO_LINES = (
    "Pink cheeks|Drinks|Skyline|Deadline|Online|Linen shirt|Blinking|Thinking|Sinking|Linked|Streamline|Airline|"
    "Baseline|Headlines|linear gradient|Violine|Strichcode|視線|光线|新幹線|視線画像|ピンク|ドリンク|スカイライン|"
    "リンク|"
    "Inkling|Shrink|Wrinkles|Underlined|Layer 1|"
)


@pytest.mark.parametrize("name", LINES.split("|"))
def test_lines_are_named(name: str) -> None:
    assert has_word(name, LINE_WORDS)


@pytest.mark.parametrize("name", NO_LINES.split("|"))
def test_words_inside_other_words_do_not_count(name: str) -> None:
    assert not has_word(name, LINE_WORDS) and not has_word(name, SKETCH_WORDS)


@pytest.mark.parametrize("name", ["Sketch", "Skizze", "下書き", "草图", "rough", "ラフ", "Sketch2", "sketch_final"])
def test_sketches_are_named(name: str) -> None:
    assert has_word(name, SKETCH_WORDS)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        *((name, True) for name in ("Reference", "Colour ref", "Referenz", "参考", "参考图层", "refs", "Ref_sheet")),
        *((name, False) for name in ("Preference", "Refinement", "Reflection", "Refrain")),
    ],
)
def test_references_are_named(name: str, is_one: bool) -> None:
    assert has_word(name, REFERENCE_WORDS) == is_one

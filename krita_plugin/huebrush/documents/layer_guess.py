"""Guess which layer has the lines, and which is a reference: by whole words of its name, then by what it looks like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..base.qt import to_bytes
from .find import LayerEntry, find_node, node_id

if TYPE_CHECKING:
    from krita import Document, Node


def _words(*languages: str) -> frozenset[str]:
    return frozenset(" ".join(languages).split())


LINE_WORDS = _words(
    "line lines lineart linearts linework ink inks inked inking outline outlines contour contours",
    "linie linien linienzeichnung linienkunst linienebene strich striche strichzeichnung strichebene tusche",
    "tuschezeichnung tuschelinien reinzeichnung kontur konturen umriss umrisse umrisslinien außenlinien",
    "線 線画 主線 線稿 描線 墨線 輪郭 輪郭線 ペン入れ 清書 ライン ラインアート インク アウトライン",
    "线 线稿 线条 描线 勾线 墨线 轮廓 轮廓线 勾線 線條 輪廓",
)
"""Words for finished lines in English, German, Japanese and Chinese."""
SKETCH_WORDS = _words(
    "sketch sketches pencil pencils rough roughs",
    "skizze skizzen vorzeichnung bleistift bleistiftskizze bleistiftzeichnung",
    "下書き 下描き ラフ スケッチ 鉛筆 草稿 草图 草圖 铅笔 速写 速寫",
)
"""Words for lines that others may replace."""
REFERENCE_WORDS = _words(
    "reference references ref refs referenz referenzen vorlage",
    "参考 参照 資料 リファレンス 参考图 參考 參考圖",
)
"""Words for a picture that gives colours."""
_WORD = re.compile(r"[A-ZÄÖÜ]?[a-zäöüß]+|[A-ZÄÖÜ]+(?![a-zäöüß])|[ァ-ヺー]+|[一-鿿々ぁ-ゖ]+|[^\W\d_]+")
"""A word: letters up to the next capital after a small one, or signs of one East Asian script."""
_EAST_ASIAN = re.compile(r"[一-鿿々ぁ-ゖァ-ヺー]+")

ROWS_LOOKED_AT = 32
MOST_LOOKED_AT = 12
"""Layers that are looked at where names do not decide."""
DARK, LIGHT = 128, 200
"""Green value, of 255, below which a pixel counts as ink, and above which it counts as paper."""
LONGEST_RUN = 0.015
"""Share of the page's width that a stroke may cover in a row, most often; the eyes and the hair of a drawing are
longer."""
SHORT_SHARE = 0.7
"""Share of the runs of ink that have to be so short."""
MOST_INK = 0.3
"""Share of the page that lines cover at most."""
MIDTONES = 2.0
"""Pixels between ink and paper, compared with those of ink: strokes have soft edges, painted areas are all midtones."""


def likely_line_art(document: Document, entries: Sequence[LayerEntry]) -> str:
    """Return the id of the layer that most likely holds the lines, "" where there is none.

    A name decides. Where several have one, or none, the topmost counts that looks like lines (thin dark strokes); if
    none does, a visible one, the active one if no name says anything.
    """
    for words in (LINE_WORDS, SKETCH_WORDS):
        named = [entry for entry in entries if has_word(entry.name, words)]
        if len(named) > 1:
            named = _looking_like_lines(document, named) or _visible(document, named) or named
        if named:
            return named[0].uid
    active = document.activeNode()
    own = [entry for entry in entries if active is not None and entry.uid == node_id(active)]
    others = [entry for entry in entries if entry not in own]
    found = _looking_like_lines(document, [*own, *others][:MOST_LOOKED_AT]) or own or others
    return found[0].uid if found else ""


def has_word(name: str, words: frozenset[str]) -> bool:
    """True when one of `words` is a whole word of a layer's `name`.

    Chinese and Japanese have no spaces: a word of two signs or more counts at either end of a row of such signs, too.
    """
    if any(word.lower() in words for word in _WORD.findall(name)) or not words.isdisjoint(name.lower().split()):
        return True
    han = [word for word in _WORD.findall(name) if re.fullmatch(r"[一-鿿々ぁ-ゖ]+", word)]
    rows = [*han, *(row for row in _EAST_ASIAN.findall(name) if row not in han)]
    long_words = tuple(word for word in words if len(word) > 1 and re.search(r"[一-鿿]", word))
    return any(row.startswith(long_words) or row.endswith(long_words) for row in rows)


def looks_like_lines(document: Document, node: Node) -> bool:
    """True when rows of `node` across the page have thin dark strokes on transparency or light paper. Only 8-bit and
    16-bit RGB and grey layers are looked at: False for all others."""
    samples = {"RGBA": 4, "GRAYA": 2}.get(node.colorModel(), 0)
    size = {"U8": 1, "U16": 2}.get(node.colorDepth(), 0)
    if not samples or not size:
        return False
    width, height = document.width(), document.height()
    runs: list[int] = []
    ink = soft = 0
    rows = sorted({height * (2 * row + 1) // (2 * ROWS_LOOKED_AT) for row in range(ROWS_LOOKED_AT)})
    is_plain = node.type() == "paintlayer" and not node.childNodes()
    for row in rows:
        place = (0, row, width, 1)
        data = to_bytes(node.pixelData(*place) if is_plain else node.projectionPixelData(*place))
        if len(data) != width * samples * size:
            return False
        channels = data[size - 1 :: size]  # the high byte of each sample
        alpha, light = channels[samples - 1 :: samples], channels[samples // 2 - 1 :: samples]
        dark = _both(alpha.translate(_OPAQUE), light.translate(_DARK))
        ink += dark.count(1)
        soft += _both(alpha.translate(_OPAQUE), light.translate(_MIDDLE)).count(1)
        runs += [len(run) for run in dark.split(b"\0") if run]
    short = sum(run <= max(4, LONGEST_RUN * width) for run in runs)
    is_thin = len(runs) >= len(rows) // 2 and short >= SHORT_SHARE * len(runs)
    pixels = width * len(rows)
    return is_thin and ink <= MOST_INK * pixels and soft <= MIDTONES * ink


_OPAQUE = bytes(alpha >= DARK for alpha in range(256))
_DARK = bytes(value < DARK for value in range(256))
_MIDDLE = bytes(DARK <= value <= LIGHT for value in range(256))


def _both(one: bytes, other: bytes) -> bytes:
    """Return 1 where both have 1, as bytes of 0 and 1."""
    both = int.from_bytes(one, "little") & int.from_bytes(other, "little")
    return both.to_bytes(len(one), "little")


def _looking_like_lines(document: Document, entries: Sequence[LayerEntry]) -> list[LayerEntry]:
    nodes = ((entry, find_node(document, entry.uid)) for entry in entries)
    return [entry for entry, node in nodes if node is not None and looks_like_lines(document, node)]


def _visible(document: Document, entries: Sequence[LayerEntry]) -> list[LayerEntry]:
    nodes = ((entry, find_node(document, entry.uid)) for entry in entries)
    return [entry for entry, node in nodes if node is not None and node.visible()]

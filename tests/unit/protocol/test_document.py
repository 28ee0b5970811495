"""docs/protocol.md tells the truth: its bytes decode, and it names every message, code and limit."""

from __future__ import annotations

import re
from pathlib import Path

from huebrush_protocol import codec
from huebrush_protocol.frames import SUBMIT_ROLES
from huebrush_protocol.messages import CAPABILITIES, FAILURE_CODES, ImageHeader, ModelInfo, Ping, Submit
from huebrush_protocol.parameters import (
    CONTROLS,
    SKETCH_MODES,
    Enhancement,
    GuidanceWindow,
    Injection,
    LevelStrengths,
    Parameters,
    TextEdit,
)
from huebrush_protocol.regions import BLENDS, FIXES, GAP_UNITS, LAYER_KINDS, RESULTS, RegionFix, RegionParameters

TEXT = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")


def dumps() -> list[bytes]:
    """The byte dumps of the last section: one per indented block, comments left out."""
    section = TEXT[TEXT.index("## Byte by byte") :]
    blocks = re.findall(r"(?:^ {4}.+\n)+", section, re.MULTILINE)
    lines = [[re.match(r"((?:[0-9a-f]{2} ?)*)", line.strip()) for line in block.splitlines()] for block in blocks]
    return [bytes.fromhex("".join(match[1] for match in block if match)) for block in lines]


def test_the_bytes_in_the_document_are_messages():
    ping, header, pixels = dumps()
    assert codec.decode([ping]).message == Ping(7)
    message = codec.decode([header, pixels]).message
    picture = ImageHeader("line_art", 2, 1, "BGRA")
    assert message == Submit("06193c5f-92ac-4aa0-9f19-99ec8988cf95", "demo", Parameters(seed=1), (picture,))
    assert f"one frame of {len(ping)} bytes" in TEXT and f"The header, {len(header)} bytes" in TEXT


def test_every_message_field_and_code_is_documented():
    for kind, cls in codec.MESSAGE_TYPES.items():
        assert f"`{kind}`" in TEXT, kind
        for field in cls.__dataclass_fields__:
            assert f"`{field}`" in TEXT, f"{kind}.{field}"
    for cls in (
        Parameters,
        TextEdit,
        GuidanceWindow,
        Injection,
        Enhancement,
        LevelStrengths,
        RegionParameters,
        RegionFix,
    ):
        for field in cls.__dataclass_fields__:
            assert f"`{field}`" in TEXT, f"{cls.__name__}.{field}"
    for field in ModelInfo.__dataclass_fields__:
        assert f"`{field}`" in TEXT, f"ModelInfo.{field}"
    for name in (
        *RESULTS,
        *FIXES,
        *GAP_UNITS,
        *LAYER_KINDS,
        *BLENDS,
        *SUBMIT_ROLES,
        *CONTROLS,
        *SKETCH_MODES,
    ):
        assert f"`{name}" in TEXT, name
    for code in FAILURE_CODES:
        assert f"`{code}`" in TEXT, code


def test_every_capability_is_in_their_list():
    begin = TEXT.index("`capabilities` of this version:")
    listed = TEXT[begin : TEXT.index("\n\n", begin)]
    for name in CAPABILITIES:
        kind, _, choice = name.partition(":")
        assert f"`{name}`" in listed or (choice and f"`{kind}:NAME`" in listed), name

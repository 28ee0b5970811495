"""Switching the plugin on and off in kritarc leaves every other byte alone."""

from __future__ import annotations

import pytest
from huebrush_installer.kritarc import plugin_setting, set_plugin
from hypothesis import given
from hypothesis import strategies as st

REAL = b"""ColorTheme=Krita dark

[General]
name[$e]=$HOME/\xc3\xa4
odd = value with = signs and spaces \x20

[python]
enable_other=true

[theme]
Theme=Krita dark
"""


def test_new_file() -> None:
    assert set_plugin(b"", "huebrush", "true") == b"[python]\nenable_huebrush=true\n"


def test_existing_group_gets_one_more_line_at_its_end() -> None:
    expected = REAL.replace(b"enable_other=true\n", b"enable_other=true\nenable_huebrush=true\n")
    assert set_plugin(REAL, "huebrush", "true") == expected
    assert set_plugin(expected, "huebrush", None) == REAL


def test_missing_group_is_added_at_the_end_and_taken_away_again() -> None:
    without = REAL.replace(b"[python]\nenable_other=true\n\n", b"")
    switched = set_plugin(without, "huebrush", "true")
    assert switched == without + b"\n[python]\nenable_huebrush=true\n"
    assert set_plugin(switched, "huebrush", None) == without


@pytest.mark.parametrize("line", [b"enable_huebrush=false", b" enable_huebrush = false ", b"enable_huebrush="])
def test_a_switch_that_is_off_is_turned_on_in_place(line: bytes) -> None:
    content = b"[python]\n" + line + b"\nenable_zzz=true\n"
    assert set_plugin(content, "huebrush", "true") == b"[python]\nenable_huebrush=true\nenable_zzz=true\n"


def test_the_same_key_in_another_group_is_not_ours() -> None:
    content = b"[elsewhere]\nenable_huebrush=true\n"
    assert plugin_setting(content, "huebrush") is None
    assert set_plugin(content, "huebrush", None) == content


def test_a_longer_name_is_not_ours() -> None:
    content = b"[python]\nenable_huebrush_two=true\n"
    assert plugin_setting(content, "huebrush") is None
    assert set_plugin(content, "huebrush", None) == content


def test_windows_line_ends_are_kept() -> None:
    content = b"[python]\r\nenable_other=true\r\n"
    assert set_plugin(content, "huebrush", "true") == content + b"enable_huebrush=true\r\n"


def test_no_newline_at_the_end() -> None:
    assert set_plugin(b"[python]\na=1", "huebrush", "true") == b"[python]\na=1\nenable_huebrush=true\n"


def test_a_switch_that_stands_there_twice_becomes_one() -> None:
    content = b"[python]\nenable_huebrush=false\na=1\nenable_huebrush=true\n"
    assert set_plugin(content, "huebrush", "true") == b"[python]\nenable_huebrush=true\na=1\n"


line = st.one_of(
    st.sampled_from([b"[python]", b"[a]", b"", b"enable_other=true", b"# note", b"[a][b]"]),
    st.binary(max_size=12).filter(lambda text: b"\n" not in text and b"\r" not in text and b"huebrush" not in text),
)


@given(st.lists(line, max_size=12))
def test_any_file_keeps_all_its_lines(lines: list[bytes]) -> None:
    content = b"".join(text + b"\n" for text in lines)
    switched = set_plugin(content, "huebrush", "true")
    assert plugin_setting(switched, "huebrush") == "true"
    assert set_plugin(switched, "huebrush", "true") == switched
    if b"[python]" in [text.strip() for text in lines]:
        assert [text for text in switched.split(b"\n") if text != b"enable_huebrush=true"] == content.split(b"\n")
    else:
        assert switched == content + (b"\n" if content else b"") + b"[python]\nenable_huebrush=true\n"
        assert set_plugin(switched, "huebrush", None) == content

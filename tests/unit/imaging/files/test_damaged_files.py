"""Damaged files of every kind are read, or refused with a sentence: never a traceback.

`tests/support/fuzz_readers.py` tries very many more; what it found lies in tests/data/damaged.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fuzz_readers import FLATS, Reader, make_readers
from huebrush_backend.cli.main import main
from huebrush_backend.imaging.files import PictureError, read_picture
from huebrush_backend.imaging.files.krita_document import RUNNER_VARIABLE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FOUND = Path(__file__).resolve().parents[3] / "data" / "damaged"
KINDS = ("ora", "psd", "kra", "tiff", "png", "jpeg", "webp", "other pictures", "palette", "fixes", "recipe")
INPUTS = {"fixes": 100, "recipe": 100}
"""Inputs of a kind, if not 300; those that are carried out take longer."""
BEGINNINGS = (
    b"",
    b"8BPS\0\1",
    b"8BPS\0\2",
    b"II*\0",
    b"MM\0*",
    b"II+\0",
    b"PK\3\4",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
)
ENDINGS = (".png", ".kra", ".kpl", ".gpl", ".pal", ".aco", ".ase", ".act", ".hex", ".json")


@pytest.fixture(autouse=True)
def without_krita(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RUNNER_VARIABLE, "/nowhere/kritarunner")


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Reader]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(RUNNER_VARIABLE, "/nowhere/kritarunner")
        yield make_readers(tmp_path_factory.mktemp("damaged"))


def kind_of(file: Path) -> str:
    if file.name.startswith("recipe"):
        return "recipe"
    return {".json": "fixes", ".kpl": "palette"}.get(file.suffix, "other pictures")


@pytest.mark.parametrize("kind", KINDS)
def test_files_that_are_not_damaged_are_read(readers: dict[str, Reader], kind: str) -> None:
    """Otherwise nothing would be tried below."""
    assert set(readers) == set(KINDS)
    for suffix, content in readers[kind].files:
        readers[kind].try_file(suffix, content)
        if kind in KINDS[: KINDS.index("palette")]:
            picture = read_picture(readers[kind].folder / f"damaged{suffix}")
            picture.merged()
            if kind in ("ora", "psd"):
                assert all(picture.layer(source.full_name) for source in picture.layers)


@pytest.mark.parametrize("file", sorted(FOUND.iterdir()), ids=lambda file: file.name)
def test_what_was_found_stays_mended(readers: dict[str, Reader], file: Path) -> None:
    readers[kind_of(file)].try_file(file.suffix, file.read_bytes())


@pytest.mark.parametrize("kind", KINDS)
def test_random_damage_raises_nothing(readers: dict[str, Reader], kind: str) -> None:
    for number in range(INPUTS.get(kind, 300)):
        suffix, content = readers[kind].input(number, seed=24)
        try:
            readers[kind].try_file(suffix, content)
        except BaseException as error:
            raise AssertionError(f"input {number} of seed 24 raised {error!r}: {content[:200]!r}") from error


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(KINDS[:-2]), st.data())
def test_single_changes_raise_nothing(readers: dict[str, Reader], kind: str, data: st.DataObject) -> None:
    """Hypothesis shrinks what it finds to the fewest changes."""
    suffix, content = data.draw(st.sampled_from(readers[kind].files))
    changed = bytearray(content)
    for place, piece in data.draw(st.lists(st.tuples(st.integers(0, len(content)), st.binary(max_size=8)), max_size=4)):
        changed[place : place + len(piece)] = piece
    end = data.draw(st.one_of(st.just(len(changed)), st.integers(0, len(changed))))
    readers[kind].try_file(suffix, bytes(changed[:end]))


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(BEGINNINGS), st.binary(max_size=200), st.sampled_from(ENDINGS))
def test_any_bytes_raise_nothing(readers: dict[str, Reader], beginning: bytes, rest: bytes, ending: str) -> None:
    for kind in ("other pictures", "palette"):
        readers[kind].try_file(ending, beginning + rest)


def test_a_deep_list_of_fixes_is_no_list_of_fixes(readers: dict[str, Reader]) -> None:
    readers["fixes"].try_file(".json", b"[" * 100_000)


@pytest.mark.parametrize("name", ["11-bad-layer.ora", "11-bad-stack.ora", "11-width-inf.ora"])
def test_the_command_line_says_that_a_picture_is_damaged(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--line-art-layer", "Lines", "--flats-layer", "Colour")
    assert main(["check", str(FOUND / name), *words]) == 2
    said = capsys.readouterr().err
    assert f"{name}: " in said and "damaged" in said and len(said.splitlines()) == 1


def test_a_damaged_merged_picture_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="the file is damaged: Bad CRC-32"):
        read_picture(FOUND / "11-bad-merged-crc.ora").merged()


@pytest.mark.parametrize(
    "fixes", ['[{"kind":"close","x":NaN,"y":1}]', "[" * 100_000, '[{"kind":"close","x":1e400,"y":1}]', "7"]
)
def test_the_command_line_says_that_fixes_are_wrong(
    readers: dict[str, Reader], tmp_path: Path, fixes: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "fixes.json").write_text(fixes)
    page = readers["fixes"].folder / "page.png"
    words = ("--fixes", str(tmp_path / "fixes.json"), "--output", str(tmp_path / "out.ora"))
    assert main(["colorize", str(page), *FLATS, *words]) == 2
    said = capsys.readouterr().err
    assert "fixes" in said and len(said.splitlines()) == 1
    assert not (tmp_path / "out.ora").exists()


def test_a_tiff_without_pages_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "empty.tif").write_bytes(b"II*\0\0\0\0\0")
    with pytest.raises(PictureError, match=r"damaged|cannot be read"):
        read_picture(tmp_path / "empty.tif").merged()

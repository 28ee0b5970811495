"""Every layer can be named, whatever the file calls it; what the messages list can be given as a name."""

from __future__ import annotations

import re
import shlex
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from huebrush_backend.imaging.files import Group, Layer, PictureError, read_picture, write_ora
from huebrush_backend.imaging.files.layer_names import LayerNames
from huebrush_backend.imaging.files.picture import LayerSource
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from psd_tools import PSDImage

FILES = Path(__file__).parents[3] / "data" / "files"
SIZE = (8, 6)


def source(*path: str) -> LayerSource:
    def load() -> Layer:
        return Layer(path[-1], np.zeros((1, 1, 4), np.uint8))

    return LayerSource(path, load)


def names(*paths: str) -> LayerNames:
    return LayerNames([source(*path.split(">")) for path in paths])


def layer(name: str, tone: int) -> Layer:
    return Layer(name, np.full((SIZE[1], SIZE[0], 4), (tone, tone, tone, 255), np.uint8))


def tone(path: Path, name: str) -> int:
    return int(read_picture(path).layer(name).pixels[0, 0, 0])


def listed(path: Path) -> list[str]:
    """Return the names of the message for a layer that is not there, as a shell reads them."""
    with pytest.raises(PictureError) as caught:
        read_picture(path).layer("no such layer")
    return [
        shlex.split(word)[0] for word in re.split(r", (?=[\"'])", caught.value.problem.partition("It has: ")[2][:-1])
    ]


def test_a_psd_of_kritas() -> None:
    """Krita ends each name in its PSD files with a NUL."""
    assert listed(FILES / "01-krita-saved.psd") == ["Group", "Group/In group", "Colour"]
    picture = read_picture(FILES / "01-krita-saved.psd")
    for name in ("In group", "Group/In group", "Colour", "Group"):
        assert picture.layer(name).pixels[..., 3].any()
        assert picture.layer(name).name == name.rpartition("/")[2]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("02-layer-name-trailing-space.ora", "Lines "),
        ("02-layer-name-trailing-space.ora", "Lines"),
        ("02-layer-name-ends-with-slash.ora", "Lines/"),
        ("02-layer-name-ends-with-slash.ora", "Lines"),
        ("02-shift-jis-layer-name.psd", "線画"),
        ("02-shift-jis-layer-name.psd", "ê¸âÊ"),
        ("02-two-layers-one-name.psd", "Layer 1#1"),
        ("02-two-layers-one-name.psd", "layer 1 #2"),
        ("02-empty-layer-names.psd", "unnamed#2"),
        ("02-empty-layer-names.psd", "#1"),
    ],
)
def test_names_of_given_files(file: str, name: str) -> None:
    assert read_picture(FILES / file).layer(name).pixels.size


@pytest.mark.parametrize("file", sorted(FILES.glob("0[123]*.[op]*")), ids=lambda path: path.name)
def test_what_is_listed_can_be_given(file: Path) -> None:
    picture = read_picture(file)
    assert len(listed(file)) == len(picture.layers)
    for name in listed(file):
        picture.layer(name)


def test_layers_of_one_name_are_counted_from_the_top(tmp_path: Path) -> None:
    nodes = [layer("Layer 1", 10), Group("G", [layer("Layer 1", 20), layer("Layer 1", 30)]), layer("Layer 1", 40)]
    write_ora(tmp_path / "a.ora", nodes, SIZE)
    by_number = {f"Layer 1#{number}": value for number, value in enumerate((40, 30, 20, 10), 1)}
    assert {name: tone(tmp_path / "a.ora", name) for name in by_number} == by_number
    assert tone(tmp_path / "a.ora", "G/Layer 1#2") == 20
    assert listed(tmp_path / "a.ora") == ["Layer 1#1", "G", "G/Layer 1#1", "G/Layer 1#2", "Layer 1#4"]
    for name, says in (("Layer 1", '"Layer 1#1", "G/Layer 1#1"'), ("Layer 1#5", "no layer"), ("Layer 1#0", "no layer")):
        with pytest.raises(PictureError, match=says):
            read_picture(tmp_path / "a.ora").layer(name)


def test_a_name_with_a_number_sign_of_its_own_comes_first(tmp_path: Path) -> None:
    write_ora(tmp_path / "a.ora", [layer("Inks", 1), layer("Inks", 2), layer("Inks#2", 3)], SIZE)
    assert tone(tmp_path / "a.ora", "Inks#2") == 3
    assert tone(tmp_path / "a.ora", "Inks#1") == 2
    assert [tone(tmp_path / "a.ora", name) for name in listed(tmp_path / "a.ora")] == [3, 2, 1]


@pytest.mark.parametrize("stored", ["NFC", "NFD"])
@pytest.mark.parametrize("typed", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize("name", ["Gespräch/Lineä", "パーツ", "ﾍﾟﾝ", "선화", "Ṩ"])
def test_normal_forms_of_unicode(tmp_path: Path, stored: str, typed: str, name: str) -> None:
    layers = LayerNames([source("Other"), source("Á", unicodedata.normalize(stored, name))])  # type: ignore[arg-type]
    for wanted in (name, f"Á/{name}"):
        assert layers.called(unicodedata.normalize(typed, wanted)) == [1]  # type: ignore[arg-type]


def test_the_most_exact_comparison_decides() -> None:
    layers = names("lines", "Lines", "Lines ", "G>Lines", " Hero >Ｉｎｋ\x1b[1m")
    assert layers.called("lines") == [0]
    assert layers.called("Lines ") == [2]
    assert layers.called("G/Lines") == [3]
    assert layers.called("LINES") == [0, 1, 2, 3]
    assert layers.called("hero/ink [1M") == [4]
    assert layers.called(" Hero /Ｉｎｋ\x1b[1m") == [4]


@given(st.lists(st.lists(st.text("Aaä/ #12\0\n\"'\u0308é$`\\", max_size=4), min_size=1, max_size=3), max_size=12))
def test_every_layer_has_a_name_that_means_it_alone(paths: list[list[str]]) -> None:
    layers = LayerNames([source(*path) for path in paths])
    typed = layers.to_type()
    assert [layers.called(name) for name in typed] == [[place] for place in range(len(paths))]
    assert all(character.isprintable() for name in typed for character in name)


@pytest.mark.parametrize("name", ["", " ", "\t\n"])
def test_no_name_is_not_the_merged_picture(name: str) -> None:
    with pytest.raises(PictureError, match="name of the layer is empty"):
        read_picture(FILES / "02-empty-layer-names.psd").layer(name)


@pytest.mark.parametrize("name", ["", " ", "\0", " \0"])
def test_layers_without_a_name(tmp_path: Path, name: str) -> None:
    document = PSDImage.new("RGB", SIZE)
    document.create_pixel_layer(Image.new("RGBA", SIZE, (9, 9, 9, 255)), name=name)
    document.save(tmp_path / "a.psd")
    assert listed(tmp_path / "a.psd") == ["unnamed"]
    assert tone(tmp_path / "a.psd", "unnamed") == 9


@pytest.mark.parametrize("encoding", ["cp932", "gb18030", "cp1252", "utf-8"])
def test_names_without_unicode(tmp_path: Path, encoding: str) -> None:
    """Old programs write only the bytes of their own code page."""
    name = {"gb18030": "线稿", "cp1252": "Fläche"}.get(encoding, "線画 表")
    document = PSDImage.new("RGB", SIZE)
    made = document.create_pixel_layer(Image.new("RGBA", SIZE, (7, 7, 7, 255)), name="x")
    made._record.tagged_blocks.clear()
    made._record.name = name.encode(encoding).decode("macroman")
    document.save(tmp_path / "a.psd")
    assert listed(tmp_path / "a.psd") == [name]
    assert tone(tmp_path / "a.psd", name) == 7


def test_quotes_of_a_shell(tmp_path: Path) -> None:
    given_names = ['Say "hi"', "It's", "$HOME `x`", "a\\b", "Wow!", "both \" and '"]
    write_ora(tmp_path / "a.ora", [layer(name, value) for value, name in enumerate(given_names)], SIZE)
    with pytest.raises(PictureError) as caught:
        read_picture(tmp_path / "a.ora").layer("none")
    words = shlex.split(caught.value.problem.partition("It has: ")[2][:-1].replace(", ", " "))
    assert words == given_names[::-1]


def test_colours_of_messages_are_not_sent_to_the_terminal(tmp_path: Path) -> None:
    document = PSDImage.new("RGB", SIZE)
    document.create_pixel_layer(Image.new("RGBA", SIZE, (7, 7, 7, 255)), name="\x1b[31mred\nline")
    document.save(tmp_path / "a.psd")
    assert tone(tmp_path / "a.psd", "[31mred line") == 7
    assert listed(tmp_path / "a.psd") == [" [31mred line"]


@pytest.mark.parametrize("option", ["--line-art-layer", "--reference-layer", "--colored-layer", "--hints-layer"])
def test_an_empty_option_is_an_error(option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from huebrush_backend.cli.main import main

    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[10:50, 30:32] = (0, 0, 0, 255)
    write_ora(tmp_path / "a.ora", [Layer("Colour", pixels), Layer("Lines", pixels)], (64, 64))
    words = ["colorize", str(tmp_path / "a.ora"), "--model", "none", "--result", "flats", "--palette", "#ff0000"]
    others = ["--line-art-layer", "Lines"] if option != "--line-art-layer" else []
    assert main([*words, *others, option, ""]) == 2
    assert f"{option} is empty" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["a.ora"]

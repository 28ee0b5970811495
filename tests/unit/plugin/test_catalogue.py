"""The plugin's sentences: each that the code asks for exists, in every language, with the same values filled in."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from huebrush_backend.checkpoints.releases import WEIGHTS_LICENCE
from huebrush_protocol.sentences import ENGLISH as SAID_BY_BACKEND
from translations import NOTE, faults, languages, main, write_template

PLUGIN = Path(__file__).resolve().parents[3] / "krita_plugin" / "huebrush"
CATALOGUES = PLUGIN / "catalogue"
SOURCES = "\n".join(path.read_text("utf-8") for path in PLUGIN.rglob("*.py") if "vendor" not in path.parts)
ENGLISH: dict[str, str] = json.loads((CATALOGUES / "en.json").read_text("utf-8"))


def test_the_licence_to_accept_is_what_the_backend_says():
    """Its translation is shown only in place of exactly this text."""
    assert ENGLISH[f"licence.{WEIGHTS_LICENCE.name}"] == WEIGHTS_LICENCE.terms


def test_every_sentence_asked_for_exists():
    """Literal keys of text() are in the English catalogue."""
    asked = set(re.findall(r"""\btext\("([a-z_.]+)"[,)]""", SOURCES))
    assert len(asked) > 50
    assert asked <= set(ENGLISH)


def test_every_problem_says_what_is_wrong_and_what_to_do():
    """Each problem("code", …) has its message and its advice."""
    codes = set(re.findall(r"""\bproblem\(\s*"([a-z_]+)\"""", SOURCES))
    assert len(codes) > 20
    for code in codes:
        assert ENGLISH[f"problem.{code}"] and ENGLISH[f"problem.{code}.advice"]


@pytest.mark.parametrize("language", languages())
def test_every_language_says_all_that_docker_and_backend_can_say(language: str) -> None:
    """The same ids as in English, with the same names in braces; none empty, left in English, or with a key for Alt."""
    assert faults(language) == []


def test_there_are_german_and_japanese() -> None:
    """Languages other than English are checked here, and each has a name for the plugin in Krita's settings."""
    assert {"de", "en", "ja"} <= set(languages())
    entry = (PLUGIN.parent / "huebrush.desktop").read_text("utf-8")
    assert set(re.findall(r"^Name\[(..)\]=.", entry, re.MULTILINE)) == set(languages()) - {"en"}
    assert set(re.findall(r"^Comment\[(..)\]=.", entry, re.MULTILINE)) == set(languages()) - {"en"}


def test_japanese_says_that_nobody_has_read_it() -> None:
    """The note goes when a native speaker has; no language shows it."""
    assert "Not reviewed" in json.loads((CATALOGUES / "ja.json").read_text("utf-8"))[NOTE]
    assert NOTE not in ENGLISH


def test_a_template_has_every_id_in_english(tmp_path: Path) -> None:
    docker, backend = write_template("fr", tmp_path)
    assert json.loads(docker.read_text("utf-8")).items() >= ENGLISH.items()
    assert json.loads(backend.read_text("utf-8")) == SAID_BY_BACKEND
    found = faults("fr", tmp_path)
    assert len(found) > 500 and all(fault.endswith(": in English") for fault in found)


def test_a_template_keeps_what_is_translated(tmp_path: Path) -> None:
    docker, backend = write_template("fr", tmp_path)
    docker.write_text(json.dumps({"job.colorize": "Coloriser", "gone": "Parti", NOTE: "Relu."}), "utf-8")
    assert write_template("fr", tmp_path) == [docker, backend]
    written = json.loads(docker.read_text("utf-8"))
    assert written == {**ENGLISH, "job.colorize": "Coloriser", NOTE: "Relu."}


@pytest.mark.parametrize(
    ("key", "sentence", "fault"),
    [
        ("job.colorize", " ", "job.colorize: empty"),
        ("nonesuch", "Rien", "nonesuch: left over"),
        ("model.missing", "{titre} manque", "model.missing: names in braces are ['titre'] instead of ['title']"),
        ("model.missing", "{title manque", "model.missing: braces: expected '}' before end of string"),
        ("job.colorize", "&Coloriser", "job.colorize: takes a letter with Alt (&)"),
    ],
)
def test_a_fault_of_a_translation_is_named(tmp_path: Path, key: str, sentence: str, fault: str) -> None:
    path, _ = write_template("fr", tmp_path)
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), key: sentence}), "utf-8")
    assert fault in faults("fr", tmp_path)


def test_ids_that_are_missing_or_there_twice_are_named(tmp_path: Path) -> None:
    path, backend = write_template("fr", tmp_path)
    path.write_text('{"label.seed": "Graine", "label.seed": "Germe"}', "utf-8")
    backend.unlink()
    found = faults("fr", tmp_path)
    assert {"label.seed: stands there twice", "job.colorize: missing", "fr.json is missing in backend"} <= set(found)
    assert "label.seed: missing" not in found


@pytest.mark.parametrize("language", ["en", "french"])
def test_no_template_takes_the_place_of_english(language: str) -> None:
    before = (CATALOGUES / "en.json").read_bytes()
    with pytest.raises(SystemExit):
        main(["--template", language])
    assert (CATALOGUES / "en.json").read_bytes() == before and "french" not in languages()


def test_the_command_tells_each_languages_faults(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    told = capsys.readouterr().out.splitlines()
    assert len(told) == len(languages())
    assert {"de: no faults", "ja: no faults (Not reviewed by a native speaker.)"} <= set(told)

"""What the backend says to people: every id has a sentence, and texts keep their ids and arguments on the wire."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
from huebrush_protocol import codec
from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.messages import Failed, ModelInfo, Models, Ping, failed
from huebrush_protocol.parameters import ENHANCEMENTS
from huebrush_protocol.sentences import ENGLISH
from huebrush_protocol.texts import ENDING, MAX_TEXT_DEPTH, Text, joined, placeholders, remedy_of

ROOT = Path(__file__).resolve().parents[3]
SOURCES = "\n".join(
    path.read_text("utf-8")
    for folder in ("backend/huebrush_backend", "protocol/huebrush_protocol")
    for path in (ROOT / folder).rglob("*.py")
    if path.parent.name != "sentences"
)
MADE = {f"enhancement.{name}" for name in ENHANCEMENTS}
MADE |= {f"placement.{way}{tiles}" for way in ("loaded", "moving") for tiles in ("", "_in_tiles")}
"""Ids that the code puts together."""
NESTED = Text.of("palette.unusable", reason=Text.of("palette.too_many", count=5000, most=4096))


def test_every_sentence_is_said_somewhere() -> None:
    said = set(re.findall(r'"([a-z_]+(?:\.[a-z_]+)?)"', SOURCES)) | MADE
    assert {id for id in ENGLISH if not id.endswith(ENDING)} <= said


def test_every_id_has_a_sentence() -> None:
    made = re.findall(r'(?:Text|EngineError|cls)\.of\(\s*"([a-z_.]+)"', SOURCES)
    made += re.findall(r'\b(?:malformed|refused)\(\s*"([a-z_.]+)"', SOURCES)
    made += re.findall(r'\bProtocolError\.of\([a-z"_]+, "([a-z_.]+)"', SOURCES)
    made += re.findall(r'\bfailed\([^"()]*"?[^"]*"?, "[a-z_]+", "([a-z_.]+)"', SOURCES)
    assert len(made) > 150
    assert MADE | set(made) <= set(ENGLISH)


def test_every_remedy_belongs_to_a_problem_and_needs_nothing_more() -> None:
    """Only which models there are is said in a remedy alone, and where the log is."""
    for id in ENGLISH:
        if id.endswith(ENDING):
            beyond = placeholders(ENGLISH[id]) - placeholders(ENGLISH[id.removesuffix(ENDING)])
            assert beyond <= {"names", "log"}, id


def test_a_text_is_its_english_sentence() -> None:
    text = Text.of("edit.no_mask", target="hair", count=3)
    assert text == "The edit 'hair' has no mask." and text.id == "edit.no_mask" and text.arguments == {"target": "hair"}
    assert copy.deepcopy(text).arguments == text.arguments
    assert remedy_of("edit.no_mask", target="hair").id == "edit.no_mask.remedy"
    assert remedy_of("note.builtin") == ""
    with pytest.raises(KeyError):
        Text.of("edit.no_mask")
    with pytest.raises(KeyError):
        Text.of("nonesuch")


def test_an_error_tells_its_text_or_a_detail() -> None:
    assert Text.about(ValueError(NESTED)).id == "palette.unusable"
    assert Text.about(RuntimeError("a detail")) == "a detail" and Text.about(RuntimeError("a detail")).id == ""


def test_of_an_error_of_the_system_only_its_own_words_stay_as_they_are() -> None:
    detail = Text.about(OSError(2, "No such file"))
    assert (detail, detail.id) == ("No such file", "")
    with_file = Text.about(IsADirectoryError(21, "Is a directory", "/models/a"))
    assert with_file == "/models/a: Is a directory"
    assert with_file.arguments == {"file": "/models/a", "reason": "Is a directory"}


def test_several_texts_make_one() -> None:
    some = [Text.of("queue.jobs", count=count) for count in (1, 2, 3)]
    together = joined(some)
    assert together == "; ".join(some) and together.arguments["first"] == some[0]
    assert joined(some[:1]) is some[0]
    assert Text.from_data(together.as_data()) == together


def test_a_reason_within_a_reason_arrives_as_it_was() -> None:
    """As deep as it gets: a file's faults, one after another, in the reason why a model cannot be loaded."""
    faults = joined([Text.of("checkpoint.missing_keys", count=1, keys=key) for key in ("a", "b", "c")])
    reason = Text.of("checkpoint.wrong_tensors", faults=faults)
    sent = failed("", "model_missing", "model.not_loaded", model="demo", reason=reason)
    received = codec.decode(codec.encode(sent)).message
    assert isinstance(received, Failed) and isinstance(received.message, Text)
    assert received == sent and received.message.as_data() == sent.message.as_data()  # type: ignore[union-attr]


def test_a_refusal_of_the_protocol_has_an_id_and_so_has_what_it_wanted() -> None:
    with pytest.raises(ProtocolError) as caught:
        codec.encode(Ping(True))
    message = caught.value.message
    assert message.id == "message.wrong_type" and message.arguments["field"] == "ping.token"
    assert isinstance(message.arguments["wanted"], Text) and message.arguments["wanted"].id == "message.whole_number"


def test_texts_keep_ids_and_arguments_on_the_wire() -> None:
    sent = failed("", "busy", "queue.full", reason="9 jobs")
    received = codec.decode(codec.encode(sent)).message
    assert isinstance(received, Failed) and isinstance(received.message, Text) and isinstance(received.remedy, Text)
    assert (received.message.id, received.message.arguments) == ("queue.full", {"reason": "9 jobs"})
    assert received.remedy.id == "queue.full.remedy" and received.message == sent.message
    model = ModelInfo("a", "A", "test", "", available=False, remedy=NESTED)
    models = codec.decode(codec.encode(Models((model,)))).message
    assert isinstance(models, Models) and isinstance(models.models[0].remedy, Text)
    reason = models.models[0].remedy.arguments["reason"]
    assert isinstance(reason, Text) and reason.arguments == {"count": 5000, "most": 4096}


def test_a_detail_without_an_id_is_plain_text_on_the_wire() -> None:
    received = codec.decode(codec.encode(Failed("", "internal", "a detail"))).message
    assert isinstance(received, Failed) and received.message == "a detail" and received.remedy == ""


@pytest.mark.parametrize(
    "value",
    [
        7,
        None,
        ["a"],
        {"id": 3},
        {"arguments": ["a"]},
        {"english": None},
        {"arguments": {1: "a"}},
        {"arguments": {"a": [1]}},
        {"arguments": {str(number): 1 for number in range(99)}},
    ],
)
def test_what_is_no_text_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="text"):
        Text.from_data(value)


def test_a_file_name_of_no_characters_can_be_sent() -> None:
    text = Text.about(FileNotFoundError(2, "No such file", b"caf\xe9.png"))
    received = codec.decode(codec.encode(Failed("", "internal", text))).message
    assert isinstance(received, Failed) and received.message == text == "caf?.png: No such file"


def test_texts_nest_only_so_deep() -> None:
    value: dict[str, Any] = {"english": "deep"}
    for _ in range(9):
        value = {"english": "around", "arguments": {"a": value}}
    with pytest.raises(ValueError, match="text"):
        Text.from_data(value)


def test_texts_that_are_nested_too_deeply_are_english_at_the_bottom() -> None:
    parts = [Text.of("file.failed", file=f"{number}.png", reason="gone") for number in range(MAX_TEXT_DEPTH + 3)]
    together = joined(parts)
    sent = codec.decode(codec.encode(Failed("", "internal", together))).message
    assert isinstance(sent, Failed) and isinstance(sent.message, Text)
    assert sent.message == together and sent.message.id == "list.next"
    innermost: object = sent.message
    while isinstance(innermost, Text):
        innermost = innermost.arguments["rest"]
    assert innermost == joined(parts[MAX_TEXT_DEPTH + 1 :])

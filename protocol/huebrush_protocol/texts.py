"""Sentences that a backend shows to people, with an id and arguments, so that a client can translate them.

A `Text` is its English sentence, so a client that does not translate shows it as it is. On the wire, and in recipes
and reports, it is a map of `id`, `arguments` and `english`. All sentences are in the folder `sentences`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from string import Formatter
from typing import Any

from huebrush_protocol.sentences import ENGLISH

MAX_ARGUMENTS = 16
MAX_TEXT_DEPTH = 4
"""Deepest nesting of texts in the arguments of others."""
ENDING = ".remedy"


class Text(str):
    """A sentence for people, in English, that knows its `id` and `arguments`.

    Without an `id` it is a detail that cannot be translated: what the operating system or a library says. An argument
    is a name, a number or a path, or a `Text` itself; a sentence of ours among them has its own id. No message can
    carry bytes of a file name that are no characters: they become question marks.
    """

    id: str
    arguments: Mapping[str, str | int | float]

    def __new__(cls, english: str = "", id: str = "", arguments: Mapping[str, Any] | None = None) -> Text:
        made = super().__new__(cls, _sendable(english))
        made.id = id
        made.arguments = {name: _sendable(item) for name, item in (arguments or {}).items()}
        return made

    @classmethod
    def of(cls, id: str, /, **arguments: str | int | float) -> Text:
        """Return the sentence `id` of `ENGLISH` with its `arguments`; arguments it does not use are left out.

        Raises KeyError if there is no such sentence or an argument is missing.
        """
        kept = {name: arguments[name] for name in placeholders(ENGLISH[id])}
        return cls(ENGLISH[id].format(**kept), id, kept)

    @classmethod
    def about(cls, error: BaseException) -> Text:
        """Return the first argument of `error` if that is a text, else its message as a detail without an id.

        Of an error of the operating system it is the file, if there is one, and the reason as the system says it.
        """
        said = error.args[0] if error.args else ""
        if isinstance(said, Text):
            return said
        if isinstance(error, OSError) and error.strerror:
            if isinstance(error.filename, (str, bytes, os.PathLike)):
                return cls.of("file.failed", file=os.fsdecode(error.filename), reason=error.strerror)
            return cls(error.strerror)
        return cls(str(error))

    @classmethod
    def from_data(cls, value: object, depth: int = 0) -> Text:
        """Return the text of a map made by `as_data`, or of a plain string. Raises ValueError for anything else."""
        if isinstance(value, str):
            return value if isinstance(value, Text) else cls(value)
        if not isinstance(value, Mapping) or depth > MAX_TEXT_DEPTH:
            raise ValueError(cls.of("message.text_kind"))
        id, arguments, english = value.get("id", ""), value.get("arguments", {}), value.get("english", "")
        if not (isinstance(id, str) and isinstance(english, str) and isinstance(arguments, Mapping)):
            raise ValueError(cls.of("message.text_fields"))
        if len(arguments) > MAX_ARGUMENTS or not all(isinstance(name, str) for name in arguments):
            raise ValueError(cls.of("message.text_arguments", most=MAX_ARGUMENTS))
        return cls(english, id, {name: _argument(item, depth + 1) for name, item in arguments.items()})

    def as_data(self, depth: int = 0) -> dict[str, Any]:
        """Return the text as plain data; texts nested deeper than `MAX_TEXT_DEPTH` are plain English in it."""
        arguments = {
            name: (item.as_data(depth + 1) if depth < MAX_TEXT_DEPTH else str(item)) if isinstance(item, Text) else item
            for name, item in self.arguments.items()
        }
        return {"id": self.id, "arguments": arguments, "english": str(self)}


def placeholders(sentence: str) -> set[str]:
    """Return the names of the arguments that `sentence` uses."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def remedy_of(id: str, /, **arguments: str | int | float) -> Text:
    """Return the sentence that says what to do about the problem `id`, or an empty text if there is none."""
    return Text.of(id + ENDING, **arguments) if id + ENDING in ENGLISH else Text()


def joined(texts: Sequence[Text]) -> Text:
    """Return one text that says all of `texts`, of which there is at least one."""
    first, *rest = texts
    return Text.of("list.next", first=first, rest=joined(rest)) if rest else first


def _sendable(value: Any) -> Any:
    """Return `value`; a plain string without what UTF-8 cannot encode."""
    if isinstance(value, str) and not isinstance(value, Text):
        return value.encode("utf-8", "replace").decode("utf-8")
    return value


def _argument(value: object, depth: int) -> str | int | float:
    if isinstance(value, (bool, int, float)) or (isinstance(value, str) and not isinstance(value, Text)):
        return value
    return Text.from_data(value, depth)

"""Edits of the reference by text, as they are written on the command line.

The short form is `brown hair -> blue hair`: away from the one, towards the other, where the first is found. The long
form is that of the prompt line in the authors' interface (docs/method.md, "Edits by text"):
`[target] blue hair; [anchor] brown hair; [control] hair; [scale] 8; [enhanced] False; [ts0] 0.5; …`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from huebrush_protocol.errors import ProtocolError
from huebrush_protocol.parameter_ranges import validate_parameters
from huebrush_protocol.parameters import WHOLE_PAGE, Parameters, TextEdit

from huebrush_backend.cli.main import CommandError

EDIT_FORM = "[target] T; [anchor] A; [control] C; [scale] S; [enhanced] True; [ts0] …; [ts1] …; [ts2] …; [ts3] …"
EDIT_HELP = (
    f"change the reference by text first: a target alone, 'anchor -> target', or {EDIT_FORM}; may be given several "
    "times, in order"
)
PLACE_HELP = (
    "; with ' @ MASK' at its end it changes one place alone, where MASK, a picture of LINEART's size, is white or "
    "painted on nothing, and the target may be a colour such as #c81e28, or @PATCH, a picture that the place shall "
    "look like, cut out of another reference by transparency"
)
ARROW = "->"
PLACE = " @ "
PATCH = "@"
"""First character of a target that is the file of a patch."""
NO_ANCHOR = "none"
"""Word for "no anchor" in the authors' interface."""

_TEXTS = ("target", "anchor", "control")
_THRESHOLDS = ("ts0", "ts1", "ts2", "ts3")
_TRUTH = {"true": True, "yes": True, "1": True, "": True, "false": False, "no": False, "0": False}


def split_place(line: str) -> tuple[str, Path | None]:
    """Return an edit without its place, and the mask of the place where it has one. Raises `CommandError`."""
    edit, place, mask = line.rpartition(PLACE)
    if not place:
        return line, None
    if not mask.strip():
        raise CommandError(f"the edit {line!r} names no mask after the @; name a picture that is white where it acts")
    return edit, Path(mask.strip())


def parse_edits(
    lines: Sequence[str], feather: float = 0.0, whole_regions: bool = False
) -> tuple[tuple[TextEdit, ...], tuple[Path, ...], tuple[Path, ...]]:
    """Return the edits that `lines` describe, the masks that their regions count, and the patches that they count.

    `feather`: pixels over which those that have a place fade out; `whole_regions`: their masks are strokes. Raises
    `CommandError`.
    """
    edits: list[TextEdit] = []
    masks: list[Path] = []
    patches: list[Path] = []
    for line in lines:
        words, mask = split_place(line)
        if mask is not None and mask not in masks:
            masks.append(mask)
        edit = parse_edit(words, WHOLE_PAGE if mask is None else masks.index(mask), feather, patches)
        edits.append(replace(edit, whole_regions=whole_regions and mask is not None))
    if whole_regions and not masks:
        raise CommandError("--whole-regions is for edits in one place; end an --edit with ' @ ' and a mask.")
    if feather and not masks:
        raise CommandError("--feather is for edits in one place; end an --edit with ' @ ' and a mask.")
    return tuple(edits), tuple(masks), tuple(patches)


def parse_edit(line: str, mask: int = WHOLE_PAGE, feather: float = 0.0, patches: list[Path] | None = None) -> TextEdit:
    """Return the edit that `line` describes: a target alone, with an arrow, or in the form of `EDIT_FORM`.

    It acts in `mask`, where it fades out over `feather` pixels. The file of its patch, if it has one, is added to
    `patches` unless it is there. Raises `CommandError`.
    """
    if not line.lstrip().startswith("["):
        anchor, arrow, target = line.partition(ARROW)
        if arrow and anchor.strip():
            line = f"[target] {target}; [anchor] {anchor}; [control] {anchor}"
        else:
            line = f"[target] {target if arrow else line}"
    fields: dict[str, str] = {}
    for name, value in re.findall(r"\[([^\]]*)\]([^\[]*)", line):
        known = name.strip().lower()
        if known not in (*_TEXTS, "scale", "enhanced", *_THRESHOLDS):
            raise CommandError(f"the edit {line!r} has a field [{name}]; the form is {EDIT_FORM}")
        if known in fields:
            raise CommandError(f"the edit {line!r} has [{name}] twice; give --edit once for each edit")
        fields[known] = value.strip().removesuffix(";").strip()
    if not fields.get("target"):
        raise CommandError(f"the edit {line!r} lacks a [target], the text to go towards")
    options: dict[str, Any] = {name: fields[name] or None for name in _TEXTS if name in fields}
    if options.get("anchor") == NO_ANCHOR:
        options["anchor"] = None
    if "scale" in fields:
        options["strength"] = _number(line, "scale", fields["scale"])
    if "enhanced" in fields:
        truth = _TRUTH.get(fields["enhanced"].lower())
        if truth is None:
            raise CommandError(f"the edit {line!r}: [enhanced] is True or False, not {fields['enhanced']!r}")
        options["enhanced"] = truth
    thresholds = [
        _number(line, name, fields[name]) if name in fields else usual
        for name, usual in zip(_THRESHOLDS, TextEdit.thresholds, strict=True)
    ]
    if re.fullmatch("#[0-9a-fA-F]{6}", fields["target"]):
        options["target"] = fields["target"].lower()
        if mask == WHOLE_PAGE:
            raise CommandError(
                f"the edit {line!r} asks for a colour; say where by a mask: '-> {fields['target']} @ MASK'"
            )
    if fields["target"].startswith(PATCH):
        options |= _patch(line, fields["target"], mask, [] if patches is None else patches)
    if mask != WHOLE_PAGE:
        options |= {"mask": mask, "feather": feather}
    edit = TextEdit(**options, thresholds=tuple(thresholds))
    try:
        validate_parameters(Parameters(edits=(edit,)))
    except ProtocolError as error:
        raise CommandError(f"the edit {line!r}: {error}") from error
    return edit


def _patch(line: str, target: str, mask: int, patches: list[Path]) -> dict[str, Any]:
    """Return the options of an edit whose `target` is a file behind `PATCH`, which is added to `patches`."""
    name = target.removeprefix(PATCH).strip()
    if not name:
        raise CommandError(f"the edit {line!r} names no picture after the {PATCH}; write '-> @PATCH @ MASK'")
    if mask == WHOLE_PAGE:
        raise CommandError(f"the edit {line!r} asks for a patch; say where by a mask: '-> {target} @ MASK'")
    file = Path(name)
    if file not in patches:
        patches.append(file)
    return {"target": file.name, "patch": patches.index(file)}


def _number(line: str, name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise CommandError(f"the edit {line!r}: [{name}] is a number, not {text!r}") from error

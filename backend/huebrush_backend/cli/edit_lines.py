"""Reads edits of the reference by text from the command line.

The short form `brown hair -> blue hair` moves the reference away from the first text and towards the second, where the
first is found. The long form is that of the prompt line in the authors' interface (docs/method.md, "Edits by text"):
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
    f"change the reference by text first: 'target', 'anchor -> target', or {EDIT_FORM}; may be given several times, "
    "applied in order"
)
MASK_HELP = (
    ". With ' @ MASK' at its end an edit acts only where MASK is white, or painted on transparency; MASK is a picture "
    "of LINEART's size. The target may then also be a colour such as #c81e28, or @PATCH: a picture file, cut out of "
    "another reference by transparency, that the edit imitates"
)
ARROW = "->"
MASK_SEPARATOR = " @ "
PATCH = "@"
"""First character of a target that is the file of a patch."""
NO_ANCHOR = "none"
"""Word for "no anchor" in the authors' interface."""

_TEXTS = ("target", "anchor", "control")
_THRESHOLDS = ("ts0", "ts1", "ts2", "ts3")
_TRUTH = {"true": True, "yes": True, "1": True, "": True, "false": False, "no": False, "0": False}


def split_mask(line: str) -> tuple[str, Path | None]:
    """Split an edit into its text and the file of its mask, or None if it has no mask. Raises `CommandError`."""
    edit, separator, mask = line.rpartition(MASK_SEPARATOR)
    if not separator:
        return line, None
    if not mask.strip():
        raise CommandError(f"the edit {line!r} names no mask after the @; name a picture that is white where it acts")
    return edit, Path(mask.strip())


def parse_edits(
    lines: Sequence[str], feather: float = 0.0, whole_regions: bool = False
) -> tuple[tuple[TextEdit, ...], tuple[Path, ...], tuple[Path, ...]]:
    """Return the edits that `lines` describe, their masks, and their patches. An edit refers to the last two by index.

    `feather`: pixels over which edits with a mask fade out. `whole_regions`: the masks are strokes. Raises
    `CommandError`.
    """
    edits: list[TextEdit] = []
    masks: list[Path] = []
    patches: list[Path] = []
    for line in lines:
        words, mask = split_mask(line)
        if mask is not None and mask not in masks:
            masks.append(mask)
        edit = parse_edit(words, WHOLE_PAGE if mask is None else masks.index(mask), feather, patches)
        edits.append(replace(edit, whole_regions=whole_regions and mask is not None))
    if whole_regions and not masks:
        raise CommandError("--whole-regions needs an edit with a mask; end an --edit with ' @ ' and a mask.")
    if feather and not masks:
        raise CommandError("--feather needs an edit with a mask; end an --edit with ' @ ' and a mask.")
    return tuple(edits), tuple(masks), tuple(patches)


def parse_edit(line: str, mask: int = WHOLE_PAGE, feather: float = 0.0, patches: list[Path] | None = None) -> TextEdit:
    """Return the edit that `line` describes: only a target, two texts with an arrow, or the form `EDIT_FORM`.

    `mask`: index of the edit mask. `feather`: pixels over which the edit fades out. `patches`: list of patch files, to
    which the edit's patch is added unless it is in it. Raises `CommandError`.
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
            raise CommandError(f"the edit {line!r} has a colour, so it needs a mask: '-> {fields['target']} @ MASK'")
    if fields["target"].startswith(PATCH):
        options |= _patch(line, fields["target"], mask, [] if patches is None else patches)
    if mask != WHOLE_PAGE:
        options |= {"mask": mask, "feather": feather}
    edit = TextEdit(**options, thresholds=tuple(thresholds))
    try:
        validate_parameters(Parameters(edits=(edit,)))
    except ProtocolError as error:
        raise CommandError(f"the edit {line!r}: {error.message}") from error
    return edit


def _patch(line: str, target: str, mask: int, patches: list[Path]) -> dict[str, Any]:
    """Return the options of an edit whose `target` is `PATCH` and a file; add the file to `patches`."""
    name = target.removeprefix(PATCH).strip()
    if not name:
        raise CommandError(f"the edit {line!r} names no picture after the {PATCH}; write '-> @PATCH @ MASK'")
    if mask == WHOLE_PAGE:
        raise CommandError(f"the edit {line!r} has a patch, so it needs a mask: '-> {target} @ MASK'")
    file = Path(name)
    if file not in patches:
        patches.append(file)
    return {"target": file.name, "patch": patches.index(file)}


def _number(line: str, name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise CommandError(f"the edit {line!r}: [{name}] is a number, not {text!r}") from error

"""One page of `huebrush colorize`: from its files to its result in its place."""

from __future__ import annotations

import argparse
import os
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.parameters import Parameters
from huebrush_protocol.regions import WITHOUT_MODEL

from huebrush_backend.cli.colorize_extras import NO_MASK, read_extras
from huebrush_backend.cli.colorize_inputs import read_inputs
from huebrush_backend.cli.colorize_outputs import deliver_result
from huebrush_backend.cli.edit_lines import parse_edits

if TYPE_CHECKING:
    from huebrush_backend.cli.carry_out import Carrier
    from huebrush_backend.engine.request import ColorizeResult


@attrs.frozen
class Task:
    """A page to colorize: its file, where the result goes, which files may be replaced, and where a report goes."""

    page: Path
    output: Path
    replaceable: Collection[Path] = ()
    report: Path | None = None


@attrs.frozen(eq=False)
class DonePage:
    """A page that is colorized: its result, the files `written`, the picture first, and its `size` in pixels."""

    result: ColorizeResult
    written: list[Path]
    size: tuple[int, int]

    def summary(self, model: ModelInfo, seconds: float, note: str) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        return {
            "outputs": [str(path.resolve()) for path in self.written],
            "width": self.size[0],
            "height": self.size[1],
            "seconds": round(seconds, 3),
            "model": model.name,
            "builtin_model": model.builtin,
            "note": note,
            "recipe": self.result.recipe,
            "flats_report": self.result.flats_report,
        }


def further_inputs(arguments: argparse.Namespace) -> list[Path]:
    """Return all files that are read beside the pages; none of them may ever be an output."""
    _, masks, patches = parse_edits(arguments.edit, arguments.feather, arguments.whole_regions)
    files = (
        *arguments.reference,
        arguments.background,
        arguments.line_art_mask,
        arguments.reference_mask,
        arguments.hints,
        arguments.colored,
        arguments.fixes,
        arguments.before,
        arguments.initial,
        arguments.pin,
        arguments.pin_mask,
        *masks,
        *patches,
        *(Path(name) for name in (*arguments.take_from, *arguments.leave_out) if name != NO_MASK),
    )
    palette: str = arguments.palette or ""
    is_file = os.path.exists(palette)  # noqa: PTH110 (a list of colours is too long for a path)
    return [*(file for file in files if file is not None), *([Path(palette)] if is_file else [])]


def colorize_page(
    arguments: argparse.Namespace, task: Task, model: ModelInfo, parameters: Parameters, carrier: Carrier
) -> DonePage:
    """Read a page, colorize it and write the result. Raises `CommandError`, `PictureError`, `LineArtError`,
    `JobFailedError`, and KeyboardInterrupt after Ctrl+C."""
    from huebrush_backend.engine.page_lines import reading_of
    from huebrush_backend.engine.request import ColorizeRequest
    from huebrush_backend.imaging.files.psd_size import require_size

    inputs = read_inputs(
        task.page,
        arguments.line_art_layer,
        arguments.reference,
        arguments.reference_layer,
        arguments.extract_lines,
        needs_reference=model.name != WITHOUT_MODEL,
        reading=reading_of(parameters),
    )
    require_size(task.output, inputs.size)
    extras = read_extras(argparse.Namespace(**vars(arguments) | {"line_art": task.page}), inputs)
    request = ColorizeRequest(
        model=model.name,
        line_art=inputs.line_art_on_canvas(),
        references=extras.references,
        parameters=parameters,
        line_art_name=inputs.line_art.name,
        background=extras.background,
        line_art_mask=extras.line_art_mask,
        reference_mask=extras.reference_mask,
        hints=extras.hints,
        colored=extras.colored,
        before=extras.before,
        initial=extras.initial,
        pinned=extras.pinned,
        edit_masks=extras.edit_masks,
        edit_patches=extras.edit_patches,
    )
    result = carrier.carry_out(request)
    written = deliver_result(task.output, inputs, result, task.replaceable, task.report)
    return DonePage(result, written, inputs.size)

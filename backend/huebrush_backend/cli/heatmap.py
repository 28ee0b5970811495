"""`huebrush heatmap`: show in a picture where a text matches a reference."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from huebrush_backend.cli.edit_lines import EDIT_HELP, parse_edit
from huebrush_backend.cli.main import CommandError
from huebrush_backend.cli.model_choice import available_model
from huebrush_backend.cli.options import add_device_option, number
from huebrush_backend.models.library_output import quieten_libraries

if TYPE_CHECKING:
    from huebrush_backend.pipeline.colorize import ColorizePipeline

LEVEL_COUNT = 4


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `heatmap`."""
    parser.description = (
        "Show where a text matches a reference: red where it matches best, blue below the lowest threshold. An edit "
        "with this text as its control uses the same map."
    )
    parser.add_argument("reference", type=Path, metavar="REFERENCE", help="the picture, in any format of `colorize`")
    parser.add_argument("text", metavar="TEXT", help="what to look for, such as 'blue hair'")
    parser.add_argument(
        "--output", type=Path, required=True, metavar="OUT", help="where to write it: .png, .jpg or .webp"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace OUT if it exists (never REFERENCE)")
    parser.add_argument("--edit", action="append", default=[], metavar="EDIT", help=EDIT_HELP)
    parser.add_argument("--model", default="demo", metavar="NAME", help="model whose CLIP is used (default: demo)")
    parser.add_argument(
        "--thresholds",
        type=number(0, 1),
        nargs=LEVEL_COUNT,
        metavar="X",
        help="four ascending numbers from 0 to 1 between the colours (default: 0.5 0.55 0.65 0.95)",
    )
    add_device_option(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the heatmap; return 0."""
    from huebrush_backend.cli.output_places import deliver, require_ending, require_places
    from huebrush_backend.imaging.files.flat import FLAT_ENDINGS, write_flat

    entry = available_model(arguments.model)
    require_ending(arguments.output, FLAT_ENDINGS, "a heatmap is")
    require_places([arguments.output], [arguments.reference], arguments.overwrite)

    from huebrush_backend.engine.inputs import token_edits
    from huebrush_backend.engine.named_colors import sought_texts, with_named_colors
    from huebrush_backend.imaging.color import flatten_on_white
    from huebrush_backend.imaging.files import PictureError, read_picture
    from huebrush_backend.manipulation.position_weights import DEFAULT_THRESHOLDS, check_thresholds
    from huebrush_backend.pipeline.reference_heatmap import reference_heatmap

    edits = token_edits([parse_edit(line) for line in arguments.edit])
    try:
        thresholds = check_thresholds(arguments.thresholds or DEFAULT_THRESHOLDS)
        reference = flatten_on_white(read_picture(arguments.reference).merged().pixels)
        quieten_libraries()
        pipeline = _load(entry.folder, arguments.device)
        edits, _ = with_named_colors(edits, entry, pipeline)
        texts = sought_texts(arguments.text, entry)
        picture = reference_heatmap(pipeline, reference, texts, edits, thresholds)
        written = deliver(arguments.output, lambda path: write_flat(path, picture), arguments.overwrite)
    except (PictureError, ValueError) as error:
        raise CommandError(str(error)) from error
    print(written)
    return 0


def _load(folder: Path, device_name: str) -> ColorizePipeline:
    from huebrush_backend.checkpoints.installed import load_colorize_pipeline
    from huebrush_backend.models.devices import choose_device
    from huebrush_backend.pipeline.loading import PipelineFilesError

    try:
        return load_colorize_pipeline(folder, choose_device(device_name))
    except PipelineFilesError as error:
        raise CommandError(f"the model in {folder} cannot be loaded: {error}") from error

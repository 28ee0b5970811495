"""Sentences that a backend shows to people, with an id and arguments, so that a client can translate them.

A `Text` is its English sentence, so a client that does not translate shows it as it is. On the wire, and in recipes
and reports, it is a map of `id`, `arguments` and `english`. `ENGLISH` has all sentences. A sentence that says what to
do about a problem has the problem's id followed by ".remedy".
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from types import MappingProxyType
from typing import Any

MAX_ARGUMENTS = 16
MAX_TEXT_DEPTH = 4
"""Deepest nesting of texts in the arguments of others."""
ENDING = ".remedy"

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        # What a request lacks
        "edit.no_mask": "The edit '{target}' has no mask.",
        "edit.no_mask.remedy": "Give it a mask.",
        "edit.empty_mask": "The mask of the edit '{target}' is empty.",
        "edit.empty_mask.remedy": "Paint where the edit should act, in white or on a transparent layer.",
        "edit.no_patch": "The edit '{target}' has no patch.",
        "edit.no_patch.remedy": "Give it the picture of a patch.",
        "edit.empty_patch": "The patch of the edit '{target}' is empty: all of it is transparent.",
        "edit.empty_patch.remedy": "Choose a part of a picture where something is painted.",
        "edit.words_without_model": "Without a model, an edit can only use words that name a colour of the vocabulary.",
        "edit.words_without_model.remedy": "Give the edit a colour as its target, such as #c81e28, or choose a model.",
        "edited_layer.no_edit": "There is a layer to edit, but no edit says where.",
        "edited_layer.no_edit.remedy": "Add an edit with a mask and a strength above 0, or leave the layer out.",
        "edited_layer.several_layers": "A layer can only be edited if the result is a picture, or flats on one layer "
        "without shading.",
        "edited_layer.several_layers.remedy": "Choose the picture or flats on one layer as the result, or leave the "
        "layer out.",
        "reference.mask_size": "A mask of the reference '{name}' is {mask_width} x {mask_height} pixels, but the "
        "reference is {width} x {height}.",
        "reference.mask_size.remedy": "Give a mask of the same size as the reference.",
        "reference.nothing_left": "No part of the reference '{name}' is left to take colours from.",
        "reference.nothing_left.remedy": "Brush over a painted part of it, or leave out less.",
        "reference.empty": "A reference is empty: all of it is transparent.",
        "reference.empty.remedy": "Choose a layer with a picture.",
        "background.empty": "The background is empty: all of it is transparent.",
        "background.empty.remedy": "Choose a layer with a picture.",
        "result.picture_without_model": "Without a model there is no picture, only flats.",
        "result.picture_without_model.remedy": "Choose flats or a colorize mask as the result, or choose a model.",
        "enhancement.background": "The model '{model}' cannot enhance the background.",
        "enhancement.background.remedy": "Switch that enhancement off, or choose a model that has it.",
        "enhancement.foreground": "The model '{model}' cannot enhance the foreground.",
        "enhancement.foreground.remedy": "Switch that enhancement off, or choose a model that has it.",
        "enhancement.style": "The model '{model}' cannot enhance the style.",
        "enhancement.style.remedy": "Switch that enhancement off, or choose a model that has it.",
        "enhancement.one_reference": "An enhancement takes exactly one reference, not {count}.",
        "enhancement.one_reference.remedy": "Leave one reference, or switch the enhancements off.",
        "enhancement.recover_background": "This model cannot recover a background from the reference.",
        "enhancement.recover_background.remedy": "Give a picture of the background instead.",
        "flats.nothing_to_check": "There are no flats to check.",
        "flats.nothing_to_check.remedy": "Choose the layer with your flats; it must not be empty.",
        "flats.no_colors": "There is nothing to take colours from.",
        "flats.no_colors.remedy": "Paint a stroke of colour on a hints layer, choose a palette, or choose a model and "
        "a reference.",
        "palette.unusable": "No palette can be made: {reason}",
        "palette.empty": "there are no colours in it. Choose a palette with at least one swatch.",
        "palette.too_many": "{count} colours are too many (at most {most}). Choose a palette with the page's colours.",
        "palette.no_color": '"{word}" is not a colour. Write colours as #rrggbb, such as #f2c9a0.',
        "palette.no_even_colors": "the picture has no even colours. Choose another reference, or a palette file.",
        "line_art.no_pixels": "The line art has no pixels.",
        "line_art.transparent": "The line-art layer is empty: every pixel is transparent. Choose the layer with the "
        "lines.",
        "line_art.one_color": "The line art shows no lines: it is one even colour. Choose the layer that the lines are "
        "drawn on.",
        "line_art.nothing_stands_out": "No lines can be drawn from this picture: nothing in it stands out. Choose a "
        "picture with clear shapes.",
        # What a model cannot do
        "sampler.unknown": "There is no sampler '{sampler}'; choose one of {names}.",
        "sampler.steps": "The sampler '{sampler}' needs at least {steps} steps.",
        "sampler.unfit": "The sampler '{sampler}' does not work with this model; choose one of {names}.",
        "sampler.unfit_prediction": "The sampler '{sampler}' does not work with this model, because the model "
        "predicts the picture itself.",
        "noise_schedule.unknown": "There is no noise schedule '{schedule}'; choose one of {names}.",
        "model.one_strength": "This model has a single reference strength, not one for each level or block.",
        "model.blocks": "The model has {blocks} transformer blocks, but {strengths} reference strengths are given.",
        "model.no_text_edits": "This model cannot change the reference by text; remove the text edits, or choose "
        "a ColorizeDiffusion model.",
        "model.no_brush": "This model cannot edit inside a mask; remove these edits, or choose a "
        "ColorizeDiffusion model.",
        "model.no_injection": "This model has no attention injection; leave it out, or choose a ColorizeDiffusion "
        "model.",
        "model.no_enhancement": "This model cannot enhance background, foreground or style; leave that out, or choose "
        "a ColorizeDiffusion model.",
        "model.no_places": "This model cannot find where in a reference a text fits.",
        "model.no_places.remedy": "Choose another model to see where a text fits.",
        "model.edits_everywhere": "With this model, text edits change the reference as a whole: nothing can show "
        "where a text fits after them.",
        "model.edits_everywhere.remedy": "Leave the edits out, or choose another model.",
        "engine.no_places": "This engine cannot find where in a reference a text fits.",
        "engine.no_places.remedy": "Leave out --engine.",
        # Models that are not there
        "model.unknown": "There is no model '{model}'.",
        "model.unknown.remedy": "Choose one of: {names}.",
        "model.not_installed": "The model '{title}' is not installed.",
        "model.not_loaded": "The model '{model}' cannot be loaded: {reason}",
        "model.not_loaded.remedy": "Fetch or add the model again.",
        "model.builtin_missing": "The built-in weights are missing. Get Huebrush again, and run in its folder: "
        "python3 install.py",
        "model.file_gone": "The file {file} is missing from {folder}; remove the model and add it again.",
        "model.needs_clip": "It needs CLIP ViT-H/14; run: huebrush models pull {clip}",
        "model.parts_missing": "It lacks {files}; how to make it again says: huebrush models add-baseline --help",
        # Memory, the worker and the front
        "memory.colorize": "There was not enough memory for this picture with this model.",
        "memory.colorize.remedy": "Close other programs that use the graphics card or memory, or choose a smaller "
        "model, and try again.",
        "memory.worker": "Memory ran out while colorizing.",
        "memory.worker.remedy": "Choose a smaller model or fewer and smaller references, or close other programs; then "
        "colorize again.",
        "memory.system": "The system ended the model process: memory ran out.",
        "memory.system.remedy": "Close other programs or choose a smaller model, then colorize again.",
        "worker.not_started": "The model process could not start: {reason}",
        "worker.not_started.remedy": "Run: huebrush doctor. The log is {log}.",
        "worker.ended": "The model process ended in the middle of the job (status {status}).",
        "worker.ended.remedy": "Colorize again; a new process is being started. If it happens again, see the "
        "backend's log.",
        "result.not_sent": "The result cannot be sent: {reason}",
        "internal": "Something unexpected went wrong: {reason}",
        "internal.remedy": "See the backend's log.",
        "queue.full": "The queue is full: {reason}.",
        "queue.full.remedy": "Wait until some jobs are done, or cancel some.",
        "job.unknown": "The job is not known: it was acknowledged, cancelled or dropped for newer jobs, or the backend "
        "was restarted.",
        "job.unknown.remedy": "Colorize again.",
        "job.cancelled": "The job was cancelled.",
        "message.refused": "The backend refused the message: {reason}",
        "message.refused.remedy": "Use the plugin and the backend of the same Huebrush version.",
        "version.plugin_old": "The backend ({backend}) speaks protocol version {spoken}, but {client} speaks "
        "{offered}.",
        "version.plugin_old.remedy": "To update the plugin, run in the folder of the newest Huebrush: python3 "
        "install.py",
        "version.backend_old": "The backend ({backend}) speaks protocol version {spoken}, but {client} speaks "
        "{offered}.",
        "version.backend_old.remedy": "To update the backend, run in the folder of the newest Huebrush: python3 "
        "install.py",
        # Fetching models
        "pull.busy": "{release} is being fetched now.",
        "pull.busy.remedy": "Wait until it is done, or cancel it.",
        "pull.not_started": "Fetching cannot be started: {reason}",
        "pull.ended": "The process that fetched {release} has ended unexpectedly (status {status}).",
        "pull.ended.remedy": "Start again; see the backend's log for the reason.",
        "pull.folder": "{folder} cannot be used as the models folder: {reason}",
        "pull.folder.remedy": "Choose another folder, or leave the field empty for the usual one.",
        "pull.folder_from_variable": "The environment variable {variable} sets the models folder.",
        "pull.folder_from_variable.remedy": "Change or remove that variable.",
        "pull.folder_in_use": "A model is being fetched; wait for it, or cancel it.",
        "pull.folder_not_full": "'{folder}' is not the full path of a folder.",
        "pull.folder_not_full.remedy": "Choose another folder, or leave the field empty for the usual one.",
        "pull.unknown_release": "There is no release '{release}'; there are: {names}.",
        "pull.licence": "The licence {names} has not been accepted.",
        "pull.licence.remedy": "Read it, and accept it first.",
        "pull.files_missing": "{folder} lacks {files}.",
        "pull.files_missing.remedy": "Put the files there under these names.",
        "pull.mirror": "'{address}' is not the address of a mirror: it must begin with https:// or http://.",
        "pull.mirror_silent": "{address} does not say how large the file is; try another mirror.",
        "pull.login": "{repository} asks for a login.",
        "pull.login.remedy": "Fetch the file with a browser, and choose the folder where it lies.",
        "pull.gone": "There is no file {file} at {address} any more; see https://huggingface.co/{repository}.",
        "pull.unreachable": "{address} cannot be reached: {reason}.",
        "pull.unreachable.remedy": "Check the connection, name a mirror, or fetch the files elsewhere and choose their "
        "folder.",
        "pull.checksum": "{file} is damaged: its SHA-256 is {found}, but it should be {expected}. It was deleted.",
        "pull.checksum.remedy": "Fetch it again. If that fails too, do it without a mirror or proxy.",
        "pull.interrupted": "Fetching {file} was interrupted after {present} of {size} bytes: {reason}.",
        "pull.interrupted.remedy": "Start again: it continues from there.",
        "pull.taken": "There is already '{name}' in {folder}.",
        "pull.taken.remedy": "Rename or remove that folder, then start again.",
        "pull.space": "There is too little space in {folder}: {needed} are needed, but only {free} are free.",
        "pull.space.remedy": "Make room, or choose another folder for the models.",
        "pull.unfit": "The fetched file cannot be used: {reason}",
        "pull.disk": "The files cannot be read or written: {reason}",
        "pull.disk.remedy": "Check the disk and the models folder, then start again.",
        # Notes in recipes
        "note.builtin": "Made with the small built-in model. It is a preview of the workflow, not of full-size "
        "quality.",
        "note.line_art_mask": "The mask of the line art was made automatically: it is what the outer lines enclose.",
        "note.background_mask": "The figure in the background picture was found automatically: it is what stands out "
        "from the background.",
        "note.reference_mask": "The mask of the reference was made automatically: it is what stands out from the "
        "background.",
        "note.recolored": "The reference was given the colour of '{target}' where it fits '{control}'.",
        "note.gaps": "Gaps up to {gap} px were closed.",
        "note.memory": "Memory ran out, so the model was loaded in a smaller way: {placement}.",
        "note.ignores_weights": "This model ignores the weights of the references.",
        "note.ignores_sketch_guidance": "This model ignores the guidance scale of the line art.",
        "note.ignores_guidance_window": "This model ignores the guidance window.",
        "note.ignores_fast": 'With this model, "fast" only means fewer steps.',
        # Places to check, and what can be done there
        "place.left_bare": "{area} px left unpainted within {color}",
        "place.leak": "{area} px of {color} ran over a line into {neighbour}",
        "place.empty_region": "a region without colour ({area} px)",
        "place.not_in_palette": "{color} is not in the palette; {nearest} is {distance} away",
        "place.merged": "two colours in one region: they may run together through this gap of {width} px",
        "place.open_gap": "the line has a gap of {width} px, wider than the gaps that were closed",
        "place.no_color_yet": "no colour yet ({area} px)",
        "place.unsure": "not sure of this colour",
        "place.far_from_palette": "the palette has nothing near {color}; the nearest is {distance} away",
        "fix.fill": "fill with {color}",
        "fix.take": "take {color}",
        "fix.take_anyway": "use {color} anyway",
        "fix.take_neighbour": "take the neighbour's {color}",
        "fix.close": "close the gap",
        "fix.merge": "merge it with its neighbour",
    }
)


class Text(str):
    """A sentence for people, in English, that knows its `id` and `arguments`.

    Without an `id` it is a detail that cannot be translated, such as a message of the operating system. An argument may
    be a `Text` itself.
    """

    id: str
    arguments: Mapping[str, str | int | float]

    def __new__(cls, english: str = "", id: str = "", arguments: Mapping[str, Any] | None = None) -> Text:
        made = super().__new__(cls, english)
        made.id, made.arguments = id, dict(arguments or {})
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
        """Return the first argument of `error` if that is a text, else its message as a detail without an id."""
        said = error.args[0] if error.args else ""
        return said if isinstance(said, Text) else cls(str(error))

    @classmethod
    def from_data(cls, value: object, depth: int = 0) -> Text:
        """Return the text of a map made by `as_data`, or of a plain string. Raises ValueError for anything else."""
        if isinstance(value, str):
            return value if isinstance(value, Text) else cls(value)
        if not isinstance(value, Mapping) or depth > MAX_TEXT_DEPTH:
            raise ValueError("a text is a string or a map of id, arguments and english")
        id, arguments, english = value.get("id", ""), value.get("arguments", {}), value.get("english", "")
        if not (isinstance(id, str) and isinstance(english, str) and isinstance(arguments, Mapping)):
            raise ValueError("a text has an id and english, both strings, and a map of arguments")
        if len(arguments) > MAX_ARGUMENTS or not all(isinstance(name, str) for name in arguments):
            raise ValueError(f"a text has at most {MAX_ARGUMENTS} arguments, each with a name")
        return cls(english, id, {name: _argument(item, depth + 1) for name, item in arguments.items()})

    def as_data(self) -> dict[str, Any]:
        """Return the text as plain data."""
        arguments = {name: item.as_data() if isinstance(item, Text) else item for name, item in self.arguments.items()}
        return {"id": self.id, "arguments": arguments, "english": str(self)}


def placeholders(sentence: str) -> set[str]:
    """Return the names of the arguments that `sentence` uses."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def remedy_of(id: str, /, **arguments: str | int | float) -> Text:
    """Return the sentence that says what to do about the problem `id`, or an empty text if there is none."""
    return Text.of(id + ENDING, **arguments) if id + ENDING in ENGLISH else Text()


def _argument(value: object, depth: int) -> str | int | float:
    if isinstance(value, (bool, int, float)) or (isinstance(value, str) and not isinstance(value, Text)):
        return value
    return Text.from_data(value, depth)

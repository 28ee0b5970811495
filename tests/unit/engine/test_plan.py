"""The engine's plan: what is done for each kind of request, and everything that is refused before it begins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from huebrush_backend.engine.plan import EditKind, Plan, make_plan
from huebrush_backend.engine.request import ColorizeRequest, EngineError, FigureMask, Reference
from huebrush_backend.models.catalog import ModelEntry
from huebrush_protocol.messages import ModelInfo
from huebrush_protocol.parameters import Enhancement, Parameters, TextEdit
from huebrush_protocol.regions import WITHOUT_MODEL, RegionParameters

SIDE = 32
PAGE = np.zeros((SIDE, SIDE, 4), np.uint8)
PICTURE = np.full((SIDE, SIDE, 4), (200, 30, 40, 255), np.uint8)
NOTHING = np.zeros((SIDE, SIDE, 4), np.uint8)


def info(name: str, **options: Any) -> ModelInfo:
    return ModelInfo(name, name, "test", "", available=True, builtin=False, **options)


MODELS = {
    "words": ModelEntry(info("words", vocabulary=("red", "hair")), Path()),
    "plain": ModelEntry(info("plain", enhancements=("background",)), Path()),
}


def mask(columns: slice = slice(0, 9), value: int = 255) -> FigureMask:
    pixels = np.zeros((SIDE, SIDE), np.uint8)
    pixels[:, columns] = value
    return FigureMask(pixels, "mask")


def request(model: str = "plain", *edits: TextEdit, **options: Any) -> ColorizeRequest:
    """A request with one reference and a mask; `options` are the request's own or the parameters'."""
    own = {key: options.pop(key) for key in list(options) if key in ColorizeRequest.__dataclass_fields__}
    made = ColorizeRequest(model, PAGE, (Reference(PICTURE, "sheet"),), Parameters(edits=edits, **options))
    return replace(made, **{"edit_masks": (mask(),), **own})


def plan(wanted: ColorizeRequest) -> Plan:
    return make_plan(wanted, MODELS.__getitem__)


def refusal(wanted: ColorizeRequest) -> EngineError:
    with pytest.raises(EngineError) as caught:
        plan(wanted)
    assert caught.value.code == "bad_input" and caught.value.remedy
    return caught.value


def outcome(wanted: ColorizeRequest) -> str:
    """In one word or two: why there is no plan, or what it does of painting, edits and flats."""
    try:
        made = plan(wanted)
    except EngineError as error:
        return next((short for short, part in REFUSALS.items() if part in error.message), error.message)
    assert (made.model is None) == (wanted.model == WITHOUT_MODEL or wanted.parameters.regions.result == "check")
    does = ["page"] * made.paints_page + ["places"] * made.paints_edits + ["flats"] * made.makes_flats
    if made.edits is not EditKind.NONE:
        does.append(made.edits.value)
    return " ".join(does)


REFUSALS = {
    "!picture": "no picture",
    "!edit": "no edit says where",
    "!layers": "without shading",
    "!words": "words that name a colour",
    "!colours": "nothing to take colours from",
    "!flats": "no flats to check",
}
EDITS = ((), (TextEdit("#c81e28", mask=0),), (TextEdit("red", mask=0),), (TextEdit("lace", mask=0),))
ALWAYS = {
    # model, result, a layer to edit: what happens without an edit, with a colour, a known word, other words
    ("none", "picture", False): ("!picture", "!picture", "!picture", "!picture"),
    ("none", "picture", True): ("!edit", "!picture", "!picture", "!picture"),
    ("none", "flats", False): ("!colours", "flats hints", "flats hints", "!words"),
    ("none", "flats", True): ("!edit", "fill", "fill", "!words"),
    ("none", "flats_by_color", False): ("!colours", "flats hints", "flats hints", "!words"),
    ("none", "flats_by_color", True): ("!edit", "fill", "fill", "!words"),
    ("none", "check", False): ("!flats", "!flats", "!flats", "!flats"),
    ("none", "check", True): ("!edit", "!layers", "!layers", "!layers"),
    ("words", "picture", False): ("page", "page places paint", "page places paint", "page places paint"),
    ("words", "picture", True): ("!edit", "places paint", "places paint", "places paint"),
    ("words", "flats", False): ("page flats", "page flats hints", "page flats hints", "page places flats hints"),
    ("words", "flats", True): ("!edit", "fill", "fill", "places fill"),
    ("words", "flats_by_color", False): (
        "page flats",
        "page flats hints",
        "page flats hints",
        "page places flats hints",
    ),
    ("words", "flats_by_color", True): ("!edit", "fill", "fill", "places fill"),
    ("words", "check", False): ("!flats", "!flats", "!flats", "!flats"),
    ("words", "check", True): ("!edit", "!layers", "!layers", "!layers"),
    ("plain", "picture", False): ("page", "page places paint", "page places paint", "page places paint"),
    ("plain", "picture", True): ("!edit", "places paint", "places paint", "places paint"),
    ("plain", "flats", False): ("page flats", "page flats hints", "page places flats hints", "page places flats hints"),
    ("plain", "flats", True): ("!edit", "fill", "places fill", "places fill"),
    ("plain", "flats_by_color", False): (
        "page flats",
        "page flats hints",
        "page places flats hints",
        "page places flats hints",
    ),
    ("plain", "flats_by_color", True): ("!edit", "fill", "places fill", "places fill"),
    ("plain", "check", False): ("!flats", "!flats", "!flats", "!flats"),
    ("plain", "check", True): ("!edit", "!layers", "!layers", "!layers"),
}


@pytest.mark.parametrize(("model", "result", "layer"), ALWAYS)
def test_what_is_done(model: str, result: str, layer: bool) -> None:
    before = Reference(PICTURE) if layer else None
    found = tuple(outcome(request(model, *edits, regions=RegionParameters(result), before=before)) for edits in EDITS)
    assert found == ALWAYS[model, result, layer]


@pytest.mark.parametrize("result", ["flats", "flats_by_color", "flats_by_area", "colorize_mask"])
@pytest.mark.parametrize(
    ("hints", "palette", "palette_size"), [(PICTURE, (), 0), (None, ("#c81e28",), 0), (None, (), 4)]
)
def test_flats_without_a_model_take_colours_from_hints_or_a_palette(
    result: str, hints: np.ndarray | None, palette: tuple[str, ...], palette_size: int
) -> None:
    regions = RegionParameters(result, palette=palette, palette_size=palette_size)
    made = plan(request(WITHOUT_MODEL, regions=regions, hints=hints))
    assert made.makes_flats and (made.palette is not None) == (hints is None)


def test_a_check_looks_at_the_flats_and_their_palette_alone() -> None:
    regions = RegionParameters("check", palette=("#c81e28", "#14a03c"))
    made = plan(request("plain", TextEdit("lace", mask=0), regions=regions, flats=PICTURE, sketch_mode="extract"))
    assert made.model is None and made.makes_flats and made.edits is EditKind.NONE and not made.draws_lines
    assert made.palette is not None and [swatch.hex for swatch in made.palette.swatches] == list(regions.palette)


def test_extracted_lines_are_drawn_above_what_is_coloured_anew() -> None:
    assert plan(request(sketch_mode="extract")).draws_lines
    assert not plan(request()).draws_lines
    edit = TextEdit("#c81e28", mask=0)
    assert not plan(request("plain", edit, sketch_mode="extract", before=Reference(PICTURE))).draws_lines


def test_masks_are_widened_for_strokes_that_mean_regions_alone() -> None:
    stroke = TextEdit("#c81e28", mask=0, whole_regions=True)
    assert plan(request("plain", TextEdit("#c81e28", mask=0), stroke)).widens_masks
    assert not plan(request("plain", TextEdit("#c81e28", mask=0), replace(stroke, strength=0.0))).widens_masks


def test_an_edit_has_the_colour_of_its_patch() -> None:
    edits = TextEdit("lace", mask=0, patch=0), TextEdit("#14a03c", mask=0), TextEdit("lace", mask=0)
    assert plan(request("plain", *edits, edit_patches=(Reference(PICTURE),))).edit_colors == (
        (200, 30, 40),
        (20, 160, 60),
        None,
    )


def test_no_model_is_looked_up_where_none_is_needed() -> None:
    assert plan(request("nonesuch", regions=RegionParameters("check"), flats=PICTURE)).model is None
    with pytest.raises(KeyError):
        plan(request("nonesuch"))


EDIT = TextEdit("lace", mask=0)
BESIDE = RegionParameters("flats", shading=True)
CUT_OUT = FigureMask(np.full((SIDE, SIDE - 1), 255, np.uint8), "small")


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (request("plain", EDIT, edit_masks=()), "The edit 'lace' has no mask"),
        (request("plain", EDIT, edit_masks=(mask(slice(0)),)), "The mask of the edit 'lace' is empty"),
        (
            request("plain", replace(EDIT, whole_regions=True), edit_masks=(mask(value=100),)),
            "The mask of the edit 'lace' is empty",
        ),
        (request("plain", replace(EDIT, patch=0)), "The edit 'lace' has no patch"),
        (
            request("plain", replace(EDIT, patch=0), edit_patches=(Reference(NOTHING),)),
            "The patch of the edit 'lace' is empty",
        ),
        (request("plain", replace(EDIT, strength=0.0), before=Reference(PICTURE)), "no edit says where"),
        (request("plain", EDIT, before=Reference(PICTURE), regions=BESIDE), "without shading"),
        (
            request(references=(Reference(PICTURE, "sheet", part=CUT_OUT),)),
            "A mask of the reference 'sheet' is 31 x 32 pixels, but the reference is 32 x 32",
        ),
        (request(references=(Reference(PICTURE, "sheet", part=mask(slice(0))),)), "No part of the reference 'sheet'"),
        (request(references=(Reference(PICTURE, "sheet", part=mask(), left_out=mask()),)), "No part of the reference"),
        (request(references=(Reference(PICTURE, left_out=mask(slice(0, SIDE))),)), "No part of the reference"),
        (request(references=(Reference(NOTHING),)), "A reference is empty"),
        (request(initial=Reference(NOTHING, "Result")), "The picture to go on from, 'Result', is empty"),
        (request(WITHOUT_MODEL, regions=RegionParameters("flats"), initial=Reference(PICTURE)), "Without a model"),
        (request(regions=RegionParameters("check"), flats=PICTURE, initial=Reference(PICTURE)), "Without a model"),
        (request("plain", EDIT, before=Reference(PICTURE), initial=Reference(PICTURE)), "inside its masks"),
        (request("plain", EDIT, before=Reference(PICTURE), pinned=Reference(PICTURE)), "pins have no place"),
        (request(pinned=Reference(NOTHING, "Result")), "The pins 'Result' are empty"),
        (request(pinned=Reference(PICTURE[1:], "Result")), "The pins 'Result' do not have the size"),
        (request(regions=RegionParameters("flats_by_color"), pinned=Reference(PICTURE)), "one layer"),
        (
            request("words", enhancement=Enhancement(background=True)),
            "The model 'words' cannot enhance the background",
        ),
        (request(enhancement=Enhancement(style=True)), "cannot enhance the style"),
        (request(enhancement=Enhancement(background=True), references=()), "exactly one reference, not 0"),
        (
            request(enhancement=Enhancement(background=True), background=Reference(NOTHING)),
            "The background is empty",
        ),
        (request(regions=RegionParameters("check"), flats=NOTHING), "no flats to check"),
        (
            request(regions=RegionParameters("check"), flats=PICTURE, compared=Reference(NOTHING, "Two")),
            "'Two', is empty",
        ),
        (request(regions=RegionParameters("flats"), compared=Reference(PICTURE)), "compared by a check"),
        (
            request(WITHOUT_MODEL, EDIT, regions=RegionParameters("flats"), edit_masks=(mask(value=90),)),
            "words that name a colour",
        ),
        (
            request(
                WITHOUT_MODEL,
                TextEdit("#c81e28", mask=0),
                regions=RegionParameters("flats"),
                edit_masks=(mask(value=90),),
            ),
            "nothing to take colours from",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_a_remedy(wanted: ColorizeRequest, says: str) -> None:
    assert says in refusal(wanted).message


def test_a_part_over_nothing_but_transparency_is_refused() -> None:
    pixels = PICTURE.copy()
    pixels[:, 20:, 3] = 0
    assert (
        "No part of the reference"
        in refusal(request(references=(Reference(pixels, part=mask(slice(24, 32))),))).message
    )
    plan(request(references=(Reference(pixels, part=mask(slice(10, 32))),)))


def test_what_the_model_is_not_shown_may_be_empty() -> None:
    empty, flats = (Reference(NOTHING),), RegionParameters("flats")
    edit = TextEdit("#c81e28", mask=0)
    assert not plan(request("plain", edit, references=empty, before=Reference(PICTURE), regions=flats)).paints_edits
    assert plan(request(regions=RegionParameters("check"), flats=PICTURE, references=empty)).model is None

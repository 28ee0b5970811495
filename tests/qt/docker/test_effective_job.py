"""What a job really is, decided from what was asked for, what the page has, and what the backend can do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from huebrush.backend.state import BackendState
from huebrush.base.problems import ProblemError
from huebrush.capture.edit_masks import EditMasks
from huebrush.jobs.effective_job import EffectiveJob, JobRequest, PageState
from huebrush.settings.advanced import AdvancedSettings
from huebrush.settings.flats import RegionSettings
from huebrush.settings.sources import ReferenceSource
from huebrush.settings.store import DocumentSettings
from huebrush.settings.text_edits import TextEditSettings
from huebrush_protocol.messages import CAPABILITIES, ImageHeader, ModelInfo
from huebrush_protocol.parameters import Parameters, TextEdit
from huebrush_protocol.regions import RegionFix

COLORS = ReferenceSource("layer", "colors", "Colours")
HINTS = ReferenceSource("layer", "hints", "Hints")
FLATS = ReferenceSource("layer", "flats", "Flats")
PAINT = ReferenceSource("layer", "paint", "Paint")
MASK = ReferenceSource("layer", "mask", "Mask")
PAGE = PageState(has_line_art=True, can_make_masks=True, dots_per_inch=300.0)
DEMO = ModelInfo("demo", "Demo", "demo", "free", available=True, enhancements=("background",), blocks=2)
PLAIN = ModelInfo("plain", "Plain", "other", "free", available=True, controls=())
ABSENT = ModelInfo("absent", "Absent", "other", "free", available=False, remedy="Fetch it.")
READY = BackendState(is_ready=True, models=(DEMO, PLAIN, ABSENT), capabilities=CAPABILITIES)
STARTING = BackendState()
CHOSEN = DocumentSettings(line_art="lines", references=(COLORS,), seed=7)
FIX = RegionFix("close", 1.0, 2.0, 3.0, 4.0)
CHECK = RegionSettings(result="check", flats=(FLATS,), hints=(HINTS,), fixes=(FIX,))
EVERYWHERE = TextEditSettings(target="red hair")
PAINTED = TextEditSettings(target="blue coat", where="brush", color="#ff0000")


def without(*capabilities: str) -> BackendState:
    """A backend that lacks these capabilities."""
    return replace(READY, capabilities=tuple(name for name in CAPABILITIES if name not in capabilities))


def decide(
    settings: DocumentSettings = CHOSEN, page: PageState = PAGE, backend: BackendState = READY, **request: Any
) -> EffectiveJob:
    """Decide a job with these settings."""
    return EffectiveJob.decide(JobRequest("page", settings, **request), page, backend)


def chosen(**changes: Any) -> DocumentSettings:
    """Other settings."""
    return replace(CHOSEN, **changes)


def regions(result: str = "flats", **changes: Any) -> RegionSettings:
    """Settings of a result with regions."""
    return RegionSettings(result=result, **changes)


@pytest.mark.parametrize(
    ("settings", "model", "references", "pictures"),
    [
        (CHOSEN, "demo", (COLORS,), ()),
        (chosen(initial=(PAINT,)), "demo", (COLORS,), (("initial", PAINT),)),
        (chosen(initial=(PAINT,), regions=CHECK), "none", (), (("flats", FLATS),)),
        (chosen(initial=(PAINT,), model="none", regions=regions()), "none", (), ()),
        (chosen(initial=(PAINT,), model="plain"), "plain", (COLORS,), ()),
        (chosen(initial=(PAINT,), colored=(FLATS,), regions=regions()), "none", (), (("colored", FLATS),)),
        (chosen(regions=regions(hints=(HINTS,))), "demo", (COLORS,), (("hints", HINTS),)),
        (chosen(regions=RegionSettings(hints=(HINTS,))), "demo", (COLORS,), ()),
        (chosen(model="none", regions=regions(hints=(HINTS,))), "none", (), (("hints", HINTS),)),
        (chosen(regions=CHECK), "none", (), (("flats", FLATS),)),
        (chosen(regions=CHECK, colored=(PAINT,)), "none", (), (("flats", FLATS),)),
        (
            chosen(colored=(PAINT,), regions=regions(hints=(HINTS,))),
            "none",
            (),
            (("colored", PAINT), ("hints", HINTS)),
        ),
        (
            chosen(advanced=AdvancedSettings(background=True, line_art_mask=(MASK,))),
            "demo",
            (COLORS,),
            (("line_art_mask", MASK),),
        ),
        (chosen(advanced=AdvancedSettings(line_art_mask=(MASK,))), "demo", (COLORS,), ()),
        (
            chosen(model="plain", advanced=AdvancedSettings(background=True, line_art_mask=(MASK,))),
            "plain",
            (COLORS,),
            (),
        ),
    ],
    ids=[
        "picture",
        "a picture to go on from",
        "a check goes on from nothing",
        "no model goes on from nothing",
        "a model that cannot goes on from nothing",
        "with a coloured picture nothing is gone on from",
        "hints",
        "hints mean nothing to a picture",
        "no model needs no reference",
        "a check takes flats alone",
        "a check takes no coloured picture",
        "a coloured picture takes the model's place",
        "a mask for a background",
        "no mask for nothing",
        "nothing of what the model cannot do",
    ],
)
def test_the_model_and_the_pictures_that_are_read(settings, model, references, pictures):
    job = decide(settings)
    assert (job.model, job.references, job.pictures) == (model, references, pictures)


def test_change_counts_with_a_picture_to_go_on_from_alone():
    """A job without one has the usual change, so that it is the same job whatever the slider says."""
    assert decide(chosen(initial=(PAINT,), change=70)).parameters.change == 0.7
    assert decide(chosen(change=70)).parameters.change == Parameters.change
    edited = decide(chosen(initial=(PAINT,), change=70, edits=(PAINTED,)), edited_layer="result")
    assert (edited.pictures, edited.parameters.change) == ((), Parameters.change)


def test_finer_settings_are_those_of_the_model():
    """As chosen while the model is not known, then without what it cannot do and with a strength for each block."""
    settings = chosen(advanced=AdvancedSettings(foreground=True, blocks_apart=True, block_strengths=(50,)))
    unknown, known = decide(settings, backend=STARTING).parameters, decide(settings).parameters
    assert (unknown.enhancement.foreground, unknown.block_strengths) == (True, (0.5,))
    assert (known.enhancement.foreground, known.block_strengths) == (False, (0.5, 1.0))
    unpainted = decide(replace(settings, model="none", regions=regions(hints=(HINTS,)))).parameters
    assert (unpainted.enhancement.foreground, unpainted.block_strengths, unpainted.seed) == (False, (), 7)


def test_regions_are_what_can_be_made():
    """Light, shade and the references' colours come from a model; in place of one layer there is one."""
    wanted = regions("flats_by_color", shading=True, hints=(HINTS,), palette_source="references", palette_size=5)
    full = decide(chosen(regions=wanted)).parameters.regions
    unpainted = decide(chosen(regions=wanted, model="none")).parameters.regions
    edited = decide(chosen(regions=wanted, edits=(PAINTED,)), edited_layer="result").parameters.regions
    assert (full.result, full.shading, full.palette_size, full.dots_per_inch) == ("flats_by_color", True, 5, 300.0)
    assert (unpainted.result, unpainted.shading, unpainted.palette_size) == ("flats_by_color", False, 0)
    assert (edited.result, edited.shading, edited.palette_size) == ("flats", False, 5)


def test_without_a_model_anything_or_nothing_may_give_the_colours():
    """A coloured picture needs no list of colours and keeps light and shade; with nothing, colours are dealt."""
    wanted = regions(shading=True, palette_source="colors")
    painted = decide(chosen(colored=(PAINT,), regions=wanted)).parameters.regions
    assert (painted.shading, painted.palette) == (True, ())
    dealt = decide(chosen(model="none", regions=regions(shading=True)))
    assert (dealt.model, dealt.pictures, dealt.parameters.regions.shading) == ("none", (), False)
    edited = decide(chosen(colored=(PAINT,), regions=regions(), edits=(PAINTED,)), edited_layer="result")
    assert (edited.model, edited.pictures) == ("demo", ())


def test_what_was_put_right_counts_in_a_check_only_when_that_is_asked_for():
    """A check begins with the flats as they are; fixes of other results always count."""
    looked_over, repaired = decide(chosen(regions=CHECK)), decide(chosen(regions=CHECK), keep_fixes=True)
    assert looked_over.is_check and looked_over.settings.regions.fixes == looked_over.parameters.regions.fixes == ()
    assert repaired.settings.regions.fixes == repaired.parameters.regions.fixes == (FIX,)
    assert decide(chosen(regions=regions(fixes=(FIX,)))).parameters.regions.fixes == (FIX,)


@pytest.mark.parametrize(
    ("settings", "backend", "edits", "reads_edit_masks"),
    [
        (chosen(edits=(EVERYWHERE, PAINTED)), READY, (EVERYWHERE, PAINTED), True),
        (chosen(edits=(EVERYWHERE, PAINTED)), STARTING, (EVERYWHERE, PAINTED), True),
        (chosen(edits=(EVERYWHERE, PAINTED)), without("text_brush"), (EVERYWHERE, PAINTED), False),
        (chosen(edits=(EVERYWHERE,), model="plain"), READY, (), False),
        (chosen(edits=(EVERYWHERE,), regions=CHECK), READY, (), False),
        (chosen(edits=(EVERYWHERE,), model="none", regions=regions(hints=(HINTS,))), READY, (), False),
    ],
    ids=["all", "not known yet", "no masks", "a model without edits", "a check", "no model"],
)
def test_edits(settings, backend, edits, reads_edit_masks):
    job = decide(settings, backend=backend)
    assert (job.edits, job.reads_edit_masks) == (edits, reads_edit_masks)


def test_edits_get_their_masks_when_these_are_read():
    """One that is painted nowhere is left out."""
    job = decide(chosen(edits=(PAINTED, EVERYWHERE, PAINTED)))
    sent = job.parameters_with(EditMasks(mask_numbers={2: 0})).edits
    assert [(edit.target, edit.mask) for edit in sent] == [("red hair", TextEdit.mask), ("blue coat", 0)]
    assert job.parameters.edits == ()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (CHOSEN, False),
        (chosen(advanced=AdvancedSettings(sketch_mode="extract")), True),
        (chosen(advanced=AdvancedSettings(sketch_mode="extract"), regions=CHECK), False),
    ],
)
def test_lines_of_its_own(settings, expected):
    assert decide(settings).has_own_lines is expected


NEEDS = {"needs_edit_masks": True}
REFUSALS = {
    "no line art": (CHOSEN, replace(PAGE, has_line_art=False), READY, {}, "no_line_art"),
    "no reference": (chosen(references=()), PAGE, READY, {}, "no_reference"),
    "no flats to check": (chosen(regions=replace(CHECK, flats=())), PAGE, READY, {}, "no_flats"),
    "a picture without a model": (chosen(model="none"), PAGE, READY, {}, "picture_without_model"),
    "a picture of a coloured picture": (chosen(colored=(PAINT,)), PAGE, READY, {}, "picture_of_colored"),
    "a coloured picture without a backend that can": (
        chosen(colored=(PAINT,), regions=regions()),
        PAGE,
        without("colored"),
        {},
        "no_colored",
    ),
    "a start without a backend that can": (chosen(initial=(PAINT,)), PAGE, without("initial"), {}, "no_initial"),
    "the lines as a start": (
        chosen(initial=(replace(PAINT, key="lines"),)),
        PAGE,
        READY,
        {},
        "initial_is_line_art",
    ),
    "masks while a coloured picture gives the colours": (
        chosen(colored=(PAINT,), regions=regions(), edits=(PAINTED,)),
        PAGE,
        READY,
        NEEDS,
        "colored_edits",
    ),
    "an empty list of colours for a model's flats": (
        chosen(regions=regions(palette_source="colors")),
        PAGE,
        READY,
        {},
        "empty_list",
    ),
    "an empty list of colours": (
        chosen(model="none", regions=regions(palette_source="colors")),
        PAGE,
        READY,
        {},
        "no_colors",
    ),
    "no masks in this Krita": (
        chosen(regions=regions("colorize_mask")),
        replace(PAGE, can_make_masks=False),
        READY,
        {},
        "no_masks",
    ),
    "a model that is not known": (chosen(model="other"), PAGE, READY, {}, "unknown_model"),
    "a model without weights": (chosen(model="absent"), PAGE, READY, {}, "model_missing"),
    "masks without a model that can": (chosen(model="plain", edits=(PAINTED,)), PAGE, READY, NEEDS, "no_brush"),
    "masks without a backend that can": (chosen(edits=(PAINTED,)), PAGE, without("text_brush"), NEEDS, "no_brush"),
    "no edit with a mask": (chosen(edits=(EVERYWHERE,)), PAGE, READY, NEEDS, "no_edit_mask"),
    "an edit that is off": (chosen(edits=(replace(PAINTED, enabled=False),)), PAGE, READY, NEEDS, "no_edit_mask"),
    "a layer to edit, but no model": (
        chosen(model="none", regions=regions(hints=(HINTS,)), edits=(PAINTED,)),
        PAGE,
        READY,
        {**NEEDS, "edited_layer": "result"},
        "no_edit_mask",
    ),
}


@pytest.mark.parametrize(("settings", "page", "backend", "words", "code"), REFUSALS.values(), ids=REFUSALS)
def test_refusals(settings, page, backend, words, code):
    with pytest.raises(ProblemError) as refused:
        decide(settings, page, backend, **words)
    assert refused.value.problem.code == code


def test_a_missing_model_is_named_with_its_remedy():
    with pytest.raises(ProblemError) as refused:
        decide(chosen(model="absent"))
    assert "Absent" in refused.value.problem.message and refused.value.problem.advice == "Fetch it."


def test_nothing_is_refused_because_the_backend_is_not_ready():
    """Its models of last time may have come and gone since."""
    for model in ("other", "absent"):
        assert decide(chosen(model=model), backend=replace(READY, is_ready=False)).model == model
    assert decide(chosen(edits=(PAINTED,)), backend=STARTING, needs_edit_masks=True).reads_edit_masks


def test_parts_of_references_need_a_backend_that_knows_them():
    part = ImageHeader("reference_part", 2, 2, "GRAY")
    lines = ImageHeader("line_art", 2, 2, "BGRA")
    decide().check_pictures([lines, part])
    decide(backend=without("reference_parts")).check_pictures([lines])
    with pytest.raises(ProblemError) as refused:
        decide(backend=without("reference_parts")).check_pictures([lines, part])
    assert refused.value.problem.code == "no_reference_parts"


def test_hints_on_a_hidden_layer_of_ours_do_not_count():
    """Nor do they make up for an empty list without a model; a layer that the artist chose counts as it is."""
    wanted = chosen(model="none", regions=regions(palette_source="colors", hints=(HINTS,)))
    hidden, other = replace(PAGE, hidden_hints="hints"), replace(PAGE, hidden_hints="others")
    for page in (PAGE, other):
        assert [role for role, _ in decide(wanted, page).pictures] == ["hints"]
    with pytest.raises(ProblemError) as caught:
        decide(wanted, hidden)
    assert caught.value.problem.code == "no_colors"

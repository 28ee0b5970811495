"""Hypothesis strategies for valid messages of every kind, with their frames."""

from __future__ import annotations

from dataclasses import replace

from huebrush_protocol import messages, preparing, pulls
from huebrush_protocol.frames import CHANNELS, REPEATED_ROLES, SAMPLE_BYTES, SUBMIT_ROLES, packed_stride
from huebrush_protocol.messages import FAILURE_CODES, ImageHeader, ModelInfo
from huebrush_protocol.parameters import (
    NO_PATCH,
    PANELS,
    SKETCH_MODES,
    Enhancement,
    GuidanceWindow,
    Injection,
    LevelStrengths,
    Parameters,
    TextEdit,
)
from huebrush_protocol.preparing import PREPARATION_STATES
from huebrush_protocol.pulls import PULL_FAILURE_CODES, LicenceInfo, ReleaseInfo
from huebrush_protocol.regions import BLENDS, FIXES, LAYER_KINDS, RESULTS, RegionFix, RegionParameters
from hypothesis import strategies as st

JOBS = st.uuids().map(str)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
COUNTS = st.integers(0, 150)
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
MAPS = st.dictionaries(TEXTS, PLAIN, max_size=4)
SENTENCES = TEXTS.filter(str.strip)
SHARES = st.floats(0, 1)
EDITS = st.builds(
    TextEdit,
    target=SENTENCES,
    anchor=st.none() | SENTENCES,
    control=st.none() | SENTENCES,
    strength=st.floats(0, 15),
    enhanced=st.booleans(),
    thresholds=st.lists(SHARES, min_size=4, max_size=4).map(sorted).map(tuple),
    feather=st.floats(0, 512),
    whole_regions=st.booleans(),
)
PAUSES = st.floats(-0.05, 1)
WINDOWS = st.builds(
    lambda ends, pause_start, pause_end: GuidanceWindow(min(ends), max(ends), pause_start, pause_end),
    st.tuples(SHARES, SHARES),
    PAUSES,
    PAUSES,
)
ENHANCEMENTS = st.builds(
    Enhancement,
    background=st.booleans(),
    foreground=st.booleans(),
    style=st.booleans(),
    sketch_threshold=SHARES,
    reference_threshold=SHARES,
    foreground_strength=SHARES,
    background_strength=SHARES,
    merge=SHARES,
    background_factor=st.floats(0, 2),
    clear_background_picture=st.booleans(),
    cut_out=st.booleans(),
)
COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
PLACES = st.floats(0, 131072)
REGIONS = st.builds(
    RegionParameters,
    result=st.sampled_from(RESULTS),
    shading=st.booleans(),
    keep_picture=st.booleans(),
    gap=st.none() | st.floats(0, 512),
    dots_per_inch=st.floats(0, 10_000),
    palette=st.lists(COLORS, max_size=3).map(tuple),
    palette_size=st.integers(0, 256),
    most_layers=st.integers(1, 1000),
    locked=st.booleans(),
    hard_edges=st.booleans(),
    paint_paper=st.booleans(),
    fixes=st.lists(
        st.builds(RegionFix, st.sampled_from(FIXES), PLACES, PLACES, PLACES, PLACES, COLORS), max_size=2
    ).map(tuple),
)
PARAMETERS = st.just(Parameters()) | st.builds(
    Parameters,
    seed=st.integers(0, 2**32 - 1),
    steps=st.integers(1, 150),
    reference_guidance=st.none() | st.floats(1, 15),
    sketch_guidance=st.none() | st.floats(1, 15),
    reference_strength=st.floats(0, 1),
    sketch_strength=st.floats(0, 3),
    sampler=NAMES,
    noise_schedule=NAMES,
    sketch_mode=st.sampled_from(SKETCH_MODES),
    remove_ruling=st.booleans(),
    reference_levels=st.builds(LevelStrengths, SHARES, SHARES, SHARES),
    block_strengths=st.lists(SHARES, max_size=16).map(tuple),
    edits=st.lists(EDITS, max_size=2).map(tuple),
    guidance_window=WINDOWS,
    injection=st.none() | st.builds(Injection, SHARES, st.floats(0, 2), SHARES),
    enhancement=ENHANCEMENTS,
    reference_padding=st.floats(1, 2),
    fast=st.booleans(),
    change=st.floats(0, 1),
    keep_to_lines=st.booleans(),
    panels=st.sampled_from(PANELS),
    regions=REGIONS,
)
MODELS = st.builds(
    ModelInfo,
    NAMES,
    TEXTS,
    TEXTS,
    TEXTS,
    st.booleans(),
    st.booleans(),
    TEXTS,
    native_size=st.integers(64, 4096),
    enhancements=st.lists(TEXTS, max_size=2).map(tuple),
    controls=st.lists(TEXTS, max_size=2).map(tuple),
    samplers=st.lists(TEXTS, max_size=2).map(tuple),
    blocks=st.integers(0, 256),
    vocabulary=st.lists(TEXTS, max_size=2).map(tuple),
    reference_guidance=st.floats(1, 15),
    sketch_guidance=st.floats(1, 15),
)
BYTES = st.integers(0, 2**50)
RELEASES = st.builds(
    ReleaseInfo,
    NAMES,
    TEXTS,
    TEXTS,
    BYTES,
    st.builds(LicenceInfo, TEXTS, TEXTS, TEXTS, TEXTS, st.booleans()),
    st.booleans(),
    BYTES,
    st.lists(NAMES, max_size=2).map(tuple),
)
PULLS = {
    pulls.ListReleases: st.tuples(),
    pulls.Releases: st.tuples(st.lists(RELEASES, max_size=3).map(tuple), TEXTS, TEXTS),
    pulls.SetModelsFolder: st.tuples(TEXTS),
    pulls.Pull: st.tuples(NAMES, TEXTS, TEXTS, TEXTS),
    pulls.PullProgress: st.tuples(NAMES, NAMES, TEXTS, BYTES, BYTES, st.none() | st.floats(0, 1e6)),
    pulls.Pulled: st.tuples(NAMES),
    pulls.PullFailed: st.tuples(st.just("") | NAMES, st.sampled_from(PULL_FAILURE_CODES), TEXTS, TEXTS),
    pulls.CancelPull: st.tuples(NAMES),
    pulls.PullCancelled: st.tuples(NAMES),
}


@st.composite
def images(draw, role: str) -> tuple[ImageHeader, bytes]:
    """Draw an image of `role`, with its pixels."""
    offsets = st.integers(-(2**30), 2**30)
    header = ImageHeader(
        role,
        draw(st.integers(1, 9)),
        draw(st.integers(1, 9)),
        draw(st.sampled_from(sorted(CHANNELS))),
        draw(st.sampled_from(sorted(SAMPLE_BYTES))),
        x=draw(offsets),
        y=draw(offsets),
        name=draw(TEXTS),
        weight=draw(st.floats(0, 100)),
    )
    stride = packed_stride(header) + draw(st.integers(0, 3))
    if stride > packed_stride(header) or draw(st.booleans()):
        header = ImageHeader(**{**header.__dict__, "stride": stride})
    length = stride * header.height
    return header, draw(st.binary(min_size=length, max_size=length))


@st.composite
def layers(draw, picture: tuple[ImageHeader, bytes]) -> tuple[ImageHeader, bytes]:
    """Draw a layer of a result from a picture."""
    header, pixels = picture
    kinds = ["", *LAYER_KINDS] if header.order == "GRAY" else ["", *LAYER_KINDS[:-1]]
    kind = draw(st.sampled_from(kinds))
    color = draw(COLORS if kind == "stroke" else st.just("") | COLORS)
    blend = draw(st.sampled_from(BLENDS))
    return ImageHeader(**{**header.__dict__, "kind": kind, "blend": blend, "color": color}), pixels


@st.composite
def parameters_with(draw, headers: tuple[ImageHeader, ...]) -> Parameters:
    """Draw parameters whose edits use the masks among `headers`; some of these edits have a target colour."""
    parameters = draw(PARAMETERS)
    masks = sum(header.role == "edit_mask" for header in headers)
    edits = [replace(edit, mask=draw(st.integers(-1, masks - 1))) for edit in parameters.edits]
    patches = sum(header.role == "edit_patch" for header in headers)
    edits = [replace(edit, patch=draw(st.integers(-1, patches - 1)) if edit.is_brushed else NO_PATCH) for edit in edits]
    edits = [replace(edit, target=draw(COLORS)) if edit.is_brushed and draw(st.booleans()) else edit for edit in edits]
    return replace(parameters, edits=tuple(edits))


@st.composite
def valid_messages(draw):
    """Draw a valid message with its image frames."""
    kind = draw(st.sampled_from(sorted(messages.Message.__args__, key=lambda cls: cls.__name__)))
    if kind is messages.Submit:
        pictures = [draw(images("line_art")), *draw(st.lists(images("reference"), max_size=3))]
        singles = sorted(set(SUBMIT_ROLES) - {"line_art", *REPEATED_ROLES})
        extras = st.sets(st.sampled_from(singles))
        pictures += [draw(images(role)) for role in sorted(draw(extras))]
        pictures += draw(st.lists(images("edit_mask"), max_size=2))
        pictures += draw(st.lists(images("edit_patch"), max_size=2))
        pictures = draw(st.permutations(pictures))
    elif kind is messages.Locate:
        pictures = [draw(images("reference"))]
    elif kind is messages.Located:
        header, _ = draw(images("fit"))
        header = replace(header, order="GRAY", dtype="uint8", stride=0)
        pictures = [(header, bytes(header.width * header.height))]
    elif kind is messages.Preview:
        pictures = [draw(images("preview"))]
    elif kind is messages.Result:
        pictures = [draw(layers(picture)) for picture in draw(st.lists(images("layer"), max_size=3))]
    else:
        pictures = []
    headers, frames = tuple(header for header, _ in pictures), [pixels for _, pixels in pictures]
    fields = {
        messages.Hello: st.tuples(TEXTS, TEXTS, st.lists(st.integers(0, 99), min_size=1, max_size=4).map(tuple)),
        messages.Welcome: st.tuples(
            COUNTS, TEXTS, TEXTS, st.lists(MODELS, max_size=3).map(tuple), st.lists(TEXTS, max_size=3).map(tuple)
        ),
        messages.ListModels: st.tuples(),
        messages.Models: st.tuples(st.lists(MODELS, max_size=3).map(tuple)),
        messages.Ping: st.tuples(st.integers(0, 2**63)),
        messages.Pong: st.tuples(st.integers(0, 2**63)),
        messages.Submit: st.tuples(JOBS, NAMES, parameters_with(headers), st.just(headers), st.booleans()),
        messages.Locate: st.tuples(JOBS, NAMES, NAMES.filter(str.strip), st.just(headers)),
        messages.Located: st.tuples(JOBS, st.just(headers)),
        messages.Fetch: st.tuples(JOBS),
        messages.Accepted: st.tuples(JOBS, COUNTS, TEXTS),
        messages.Progress: st.tuples(JOBS, NAMES, COUNTS, COUNTS, st.floats(0, 1), st.none() | st.floats(0, 1e6)),
        messages.Preview: st.tuples(JOBS, COUNTS, st.just(headers)),
        messages.Result: st.tuples(JOBS, MAPS, st.just(headers), MAPS),
        messages.Failed: st.tuples(st.just("") | JOBS, st.sampled_from(FAILURE_CODES), TEXTS, TEXTS),
        messages.Cancel: st.tuples(JOBS),
        messages.Cancelled: st.tuples(JOBS),
        messages.Acknowledge: st.tuples(JOBS),
        preparing.Prepare: st.tuples(NAMES),
        preparing.Preparation: st.tuples(NAMES, st.sampled_from(PREPARATION_STATES), st.none() | st.floats(0, 1e6)),
        **PULLS,
    }
    return kind(*draw(fields[kind])), frames

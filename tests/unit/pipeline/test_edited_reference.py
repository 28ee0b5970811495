"""The order of edits: each acts on what the one before has left, whether it moves tokens or colours the picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from huebrush_backend.engine.brush import brush_runs
from huebrush_backend.engine.request import ColorizeRequest, FigureMask
from huebrush_backend.manipulation.edits import TextEdit, edit_local
from huebrush_backend.pipeline.brushing import MaskedEdits
from huebrush_backend.pipeline.edited_reference import EditedReference, edit_reference, place_fit
from huebrush_protocol import parameters as protocol

SIDE = 4
GREEN = (40, 160, 70)
VECTORS = {"hair": (1.0, 0.0, 0.0), "shine": (0.0, 1.0, 0.0), "sky": (-1.0, 0.0, 0.0)}
RECOLORED = TextEdit("green hair", "red hair", "hair", color=GREEN)
MOVED = TextEdit("shine", strength=3.0)


def encode(texts: Sequence[str]) -> torch.Tensor:
    return torch.tensor([[VECTORS[text]] for text in texts])


def look(picture: torch.Tensor) -> torch.Tensor:
    """Tokens of a picture: how red each place is and how green, and nothing as the global one."""
    small = torch.nn.functional.adaptive_avg_pool2d(picture, SIDE).flatten(2)[0]
    places = torch.stack([small[0], torch.zeros_like(small[0]), small[1]], dim=1)
    return torch.cat([torch.zeros(1, 3), places])[None]


def halves() -> torch.Tensor:
    """A red half beside a black one, 16 pixels a side."""
    picture = torch.full((1, 3, 16, 16), -1.0)
    picture[:, 0, :, :8] = 1.0
    return picture


def after(*edits: TextEdit) -> EditedReference:
    return edit_reference(halves(), edits, "local", look, encode)


def test_without_edits_and_with_edits_of_tokens_alone_the_picture_stays() -> None:
    assert torch.equal(after().tokens, look(halves()))
    found = after(MOVED, TextEdit("sky", strength=1.0))
    assert torch.equal(found.picture, halves())
    assert torch.equal(found.tokens, edit_local(look(halves()), [MOVED, TextEdit("sky", strength=1.0)], encode))


def test_a_recoloured_place_is_looked_at_anew() -> None:
    found = after(RECOLORED)
    assert torch.equal(found.tokens, look(found.picture))
    green = found.picture[0, 1].reshape(16, 16)
    assert (green[:, :7] > 0).all() and (green[:, 9:] == -1).all()


def test_what_comes_after_a_colour_acts_on_it_and_what_came_before_is_gone_there() -> None:
    first, last = after(MOVED, RECOLORED), after(RECOLORED, MOVED)
    assert torch.equal(first.picture, last.picture)
    shine_first, shine_last = (found.tokens[0, 1:, 1].reshape(SIDE, SIDE) for found in (first, last))
    assert (shine_last == 3.0).all(), "the later edit moves all places alike"
    assert (shine_first[:, :2] == 0.0).all() and (shine_first[:, 2:] == 3.0).all(), "the later colour wins its place"


def test_a_place_is_found_in_what_the_edits_before_have_left() -> None:
    """Moved the other way round, the black half fits best and gets the colour."""
    turned = TextEdit("sky", control="hair", strength=8.0, thresholds=(0.0, 0.0, 0.5, 0.5))
    fit = place_fit(edit_local(look(halves()), [turned], encode), encode(["hair"]))
    assert fit[:, 2:].min() > fit[:, :2].max()
    changed = (after(turned, RECOLORED).picture != halves()).any(dim=1)[0]
    assert changed[:, 9:].all() and not changed[:, :7].any()


def test_an_edit_that_recolours_needs_a_place() -> None:
    with pytest.raises(ValueError, match="control"):
        TextEdit("green hair", color=GREEN)


@pytest.mark.parametrize(("follows", "order"), [(0, "xab"), (1, "axb"), (2, "abx"), (None, "abx")])
def test_a_brushed_edit_keeps_its_place_among_those_of_the_page(follows: int | None, order: str) -> None:
    place = MaskedEdits(torch.ones(1, 1, 8, 8), (TextEdit("x"),), follows=follows)
    assert "".join(edit.target for edit in place.edits_among([TextEdit("a"), TextEdit("b")])) == order


def test_shares_of_a_picture_that_is_not_square_meet_their_places() -> None:
    """Only the changed places forget; half a place forgets half."""
    picture = torch.full((1, 3, 16, 32), -1.0)
    picture[:, 0, :, :12] = 1.0
    found = edit_reference(picture, [MOVED, RECOLORED], "local", look, encode)
    shine = found.tokens[0, 1:, 1].reshape(SIDE, SIDE).numpy()
    assert np.allclose(shine[:, 0], 0) and np.allclose(shine[:, 3], 3)
    assert ((shine[:, 1] > 0) & (shine[:, 1] < 3)).all()


def test_the_engine_tells_how_many_edits_of_the_page_come_before_a_brushed_one() -> None:
    page = np.zeros((64, 64, 4), np.uint8)
    mask = FigureMask(np.pad(np.full((8, 8), 255, np.uint8), 28))
    edits = (
        protocol.TextEdit("blue"),
        protocol.TextEdit("striped hair", mask=0),
        protocol.TextEdit("red", strength=0.0),
        protocol.TextEdit("striped hat", mask=0, strength=0.0),
        protocol.TextEdit("green hair", mask=0),
    )
    request = ColorizeRequest("demo", page, (), protocol.Parameters(edits=edits), edit_masks=(mask,))
    (run,) = brush_runs(request, 64, knows_colors=False)
    assert [(edit.edit.target, edit.follows) for edit in run.edits] == [("striped hair", 1), ("green hair", 2)]

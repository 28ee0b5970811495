"""Every pixel of an SVG drawing has the label of the fill that it shows."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from huebrush_backend.drawings.border_lines import LineStyle
from huebrush_backend.drawings.labelled import GROUND, LabelledDrawing, Rendering, read_drawing
from huebrush_backend.drawings.svg_parts import NO_PART
from huebrush_backend.drawings.svg_tree import DrawingError
from small_drawings import BERRY, HOUSE, PAGE, svg

RED, GREEN, BLUE, WHITE = "#ff0000", "#00ff00", "#0000ff", "#ffffff"


def seen(body: str, parts: str = "fill") -> tuple[LabelledDrawing, Rendering]:
    """Return the drawing `body` on a white page, and its rendering at 100 pixels."""
    drawing = read_drawing(svg(PAGE + body), parts=parts, lines="borders")
    return drawing, drawing.render(100, 100)


def names_at(body: str, *places: tuple[int, int], parts: str = "fill") -> list[str]:
    """Return the names of the parts at `places` (x, y)."""
    drawing, rendering = seen(body, parts)
    labels = [int(rendering.labels[y, x]) for x, y in places]
    return [drawing.parts.names[label] if label >= 0 else str(label) for label in labels]


def test_later_fills_hide_earlier_ones() -> None:
    body = f'<rect x="10" y="10" width="50" height="50" fill="{RED}"/><circle cx="60" cy="60" r="20" fill="{BLUE}"/>'
    assert names_at(body, (20, 20), (55, 55), (75, 60), (90, 90)) == [RED, BLUE, BLUE, WHITE]


@pytest.mark.parametrize(("rule", "inside"), [("evenodd", WHITE), ("nonzero", RED)])
def test_holes_follow_the_fill_rule(rule: str, inside: str) -> None:
    body = f'<path fill-rule="{rule}" fill="{RED}" d="M10 10h80v80h-80z M30 30h40v40h-40z"/>'
    assert names_at(body, (20, 20), (50, 50)) == [RED, inside]


def test_a_path_the_other_way_round_is_a_hole_for_nonzero_too() -> None:
    assert names_at(f'<path fill="{RED}" d="M10 10h80v80h-80z M30 30v40h40v-40z"/>', (20, 20), (50, 50)) == [RED, WHITE]


def test_transforms_of_groups_move_what_is_in_them() -> None:
    shape = f'<rect transform="rotate(90)" y="-20" width="10" height="20" fill="{RED}"/>'
    body = f'<g transform="translate(50 0) scale(2)">{shape}</g>'
    assert names_at(body, (55, 5), (85, 15), (45, 5), (55, 25)) == [RED, RED, WHITE, WHITE]


def test_use_shows_its_target_again_and_gives_it_its_fill() -> None:
    body = (
        '<defs><rect id="box" width="20" height="20"/><symbol id="sign" viewBox="0 0 10 10">'
        f'<rect width="10" height="10" fill="{GREEN}"/></symbol></defs>'
        f'<use href="#box" fill="{RED}"/><use xlink:href="#box" x="40" y="40" fill="{BLUE}"/>'
        '<use href="#sign" x="70" y="70" width="20" height="20"/>'
    )
    assert names_at(body, (10, 10), (50, 50), (80, 80), (30, 30)) == [RED, BLUE, GREEN, WHITE]


def test_a_use_that_shows_itself_ends() -> None:
    body = f'<g id="loop"><rect width="20" height="20" fill="{RED}"/><use href="#loop"/></g>'
    assert names_at(body, (10, 10)) == [RED]


def test_style_sheets_count_as_the_standard_says() -> None:
    body = (
        f"<style>.a {{ fill: {RED} }} g .b {{ fill: {GREEN} !important }}"
        f"rect {{ fill: {BLUE} }} #c {{ fill: lime }}</style>"
        '<rect class="a" width="20" height="20" fill="black"/>'
        f'<g><rect class="b" x="30" width="20" height="20" style="fill:{RED}"/></g>'
        f'<rect class="a" x="60" width="20" height="20" style="fill:{BLUE}"/>'
        '<rect x="0" y="40" width="20" height="20"/><rect id="c" x="30" y="40" width="20" height="20"/>'
    )
    expected = [RED, GREEN, BLUE, BLUE, GREEN]
    assert names_at(body, (10, 10), (40, 10), (70, 10), (10, 50), (40, 50)) == expected


@pytest.mark.parametrize("shape", ['<use href="#round"/>', '<circle cx="50" cy="50" r="20"/>'])
def test_clip_paths_cut(shape: str) -> None:
    body = (
        f'<defs><circle id="round" cx="50" cy="50" r="20"/></defs><clipPath id="cut">{shape}</clipPath>'
        f'<g clip-path="url(#cut)"><rect width="100" height="100" fill="{RED}"/></g>'
    )
    assert names_at(body, (50, 50), (65, 50), (75, 50), (10, 10)) == [RED, RED, WHITE, WHITE]


def test_masks_with_soft_edges_leave_no_label_of_another_part() -> None:
    body = (
        '<linearGradient id="fade"><stop stop-color="white"/><stop offset="1" stop-color="black"/></linearGradient>'
        '<mask id="soft"><rect width="100" height="100" fill="url(#fade)"/></mask>'
        f'<g mask="url(#soft)"><rect width="100" height="100" fill="{RED}"/></g>'
    )
    drawing, rendering = seen(body)
    assert {drawing.parts.names[label] for label in np.unique(rendering.labels)} <= {RED, WHITE}


@pytest.mark.parametrize(("opacity", "expected"), [("0.9", RED), ("0.2", WHITE)])
@pytest.mark.parametrize("place", ["opacity", "fill-opacity"])
def test_a_shadow_belongs_to_what_it_lies_on(place: str, opacity: str, expected: str) -> None:
    assert names_at(f'<rect width="50" height="50" fill="{RED}" {place}="{opacity}"/>', (20, 20)) == [expected]


def test_hidden_shapes_and_fills_of_none_have_no_label() -> None:
    body = (
        f'<rect width="30" height="30" fill="{RED}" display="none"/>'
        f'<g visibility="hidden"><rect x="40" width="30" height="30" fill="{RED}"/></g>'
        '<rect y="40" width="30" height="30" fill="none"/>'
    )
    assert names_at(body, (10, 10), (50, 10), (10, 50)) == [WHITE] * 3


def test_gradients_with_the_same_stops_are_one_part() -> None:
    stops = '<stop stop-color="#ff0000"/><stop offset="1" stop-color="#c00000"/>'
    body = (
        f'<linearGradient id="a">{stops}</linearGradient><radialGradient id="b" href="#a"/>'
        '<rect width="30" height="30" fill="url(#a)"/><rect x="50" width="30" height="30" fill="url(#b)"/>'
    )
    first, second = names_at(body, (10, 10), (60, 10))
    assert first == second != WHITE


def test_labels_have_no_soft_edges() -> None:
    _, rendering = seen(
        f'<circle cx="50" cy="50" r="30.3" fill="{RED}"/><circle cx="50" cy="50" r="10.1" fill="{BLUE}"/>'
    )
    assert len(np.unique(rendering.labels)) == 3


def test_parts_by_id_take_the_nearest_id_without_its_number() -> None:
    body = (
        f'<g id="hair"><rect width="20" height="20" fill="{RED}"/>'
        f'<rect id="ribbon" x="30" width="20" height="20" fill="{BLUE}"/></g>'
        f'<rect id="hair-2" x="60" width="20" height="20" fill="{RED}"/>'
        f'<rect id="detail-mole" y="40" width="20" height="20" fill="{GREEN}"/>'
    )
    expected = ["hair", "ribbon", "hair", str(NO_PART)]
    assert names_at(body, (10, 10), (40, 10), (70, 10), (10, 50), parts="id") == expected


def test_parts_by_layer_take_the_innermost_layer() -> None:
    body = (
        f'<g inkscape:groupmode="layer" inkscape:label="Skin"><rect width="20" height="20" fill="{RED}"/>'
        f'<rect y="30" width="20" height="20" fill="{BLUE}"/></g>'
        f'<g inkscape:groupmode="layer" inkscape:label="Coat"><rect x="50" width="20" height="20" fill="{RED}"/></g>'
    )
    assert names_at(body, (10, 10), (10, 40), (60, 10), parts="layer") == ["Skin", "Skin", "Coat"]


def test_auto_takes_ids_that_somebody_wrote() -> None:
    assert {"sky", "roof", "window"} <= set(read_drawing(HOUSE).parts.names)


def test_auto_takes_fills_where_programs_made_the_ids() -> None:
    body = (
        f'<rect id="rect1234" width="40" height="40" fill="{RED}"/><path id="path7-3" d="M50 50h40v40z" fill="{BLUE}"/>'
    )
    assert set(read_drawing(svg(PAGE + body)).parts.names) == {WHITE, RED, BLUE}


def test_auto_takes_layers_of_one_colour_each() -> None:
    layer = '<g inkscape:groupmode="layer" inkscape:label="{}"><rect x="{}" width="30" height="90" fill="{}"/></g>'
    body = layer.format("Skin", 0, RED) + layer.format("Hair", 30, GREEN) + layer.format("Coat", 60, BLUE)
    assert set(read_drawing(svg(body)).parts.names) == {"Skin", "Hair", "Coat"}


def test_around_the_figure_is_ground_and_transparent() -> None:
    rendering = read_drawing(BERRY).render(80, 80, margin=0.1)
    assert (rendering.labels[0] == GROUND).all()
    assert (rendering.picture[0, :, 3] == 0).all()


def test_only_what_is_painted_is_shown() -> None:
    drawing = read_drawing(svg(f'<rect x="400" y="300" width="20" height="20" fill="{RED}"/>', box="0 0 1000 800"))
    assert np.allclose(drawing.box, (400, 300, 20, 20), atol=1)


@pytest.mark.parametrize("size", [(64, 64), (200, 120)])
def test_every_size_shows_the_same(size: tuple[int, int]) -> None:
    rendering = read_drawing(HOUSE).render(*size)
    assert rendering.labels.shape == rendering.ink.shape == rendering.picture.shape[:2] == size[::-1]


def test_reading_is_deterministic() -> None:
    first, second = (read_drawing(BERRY).render(64, 64) for _ in range(2))
    for name in ("picture", "painting", "ink", "labels"):
        assert np.array_equal(getattr(first, name), getattr(second, name))


def test_strokes_are_the_lines_where_they_follow_most_borders() -> None:
    drawing = read_drawing(HOUSE, lines="strokes")
    rendering = drawing.render(200, 200)
    assert drawing.has_strokes
    assert rendering.ink[90, 100] > 0.5  # the edge of wall and roof
    assert rendering.ink[150, 60] == 0  # inside the wall
    assert tuple(rendering.painting[90, 100, :3]) != (0, 0, 0)


def test_a_stroke_under_a_later_fill_is_no_line() -> None:
    body = (
        '<path d="M0 50H100" stroke="black" stroke-width="2"/>'
        f'<rect x="40" y="40" width="20" height="20" fill="{RED}"/>'
    )
    ink = read_drawing(svg(PAGE + body), lines="strokes").render(100, 100).ink
    assert ink[50, 10] > 0.9
    assert ink[50, 50] == 0


def test_fills_without_strokes_get_lines_along_their_borders() -> None:
    drawing = read_drawing(BERRY)
    rendering = drawing.render(128, 128, LineStyle(width=0.02))
    labels = rendering.labels
    border = np.zeros(labels.shape, bool)
    border[:, :-1] |= labels[:, :-1] != labels[:, 1:]
    assert not drawing.has_strokes
    assert rendering.ink[border].mean() > 0.6
    assert rendering.ink[~border].mean() < 0.1


def test_a_wide_stroke_is_a_limb_and_no_line() -> None:
    body = f'<path d="M10 50H90" stroke="{RED}" stroke-width="20" fill="none"/>'
    assert names_at(body, (50, 50), (50, 20)) == [RED, WHITE]


def test_a_narrow_black_fill_is_an_outline() -> None:
    body = f'<circle cx="50" cy="50" r="40" fill="#000000"/><circle cx="50" cy="50" r="38.5" fill="{RED}"/>'
    drawing, rendering = seen(body)
    assert rendering.ink[50, 10] > 0.5
    assert drawing.parts.names[int(rendering.labels[50, 10])] in (RED, WHITE)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"not XML", "no valid XML"),
        (b"<html/>", "no SVG"),
        (svg(""), "shows nothing"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>', "neither its size"),
        (svg('<path d="M0 0L99 99" fill="none" stroke="red"/>'), "no fill"),
    ],
)
def test_what_is_no_drawing_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(DrawingError, match=message):
        read_drawing(data)


def test_compressed_drawings_can_be_read() -> None:
    assert read_drawing(gzip.compress(BERRY)).parts == read_drawing(BERRY).parts


def test_a_drawing_that_multiplies_itself_is_refused() -> None:
    levels = "".join(f'<g id="g{n}">' + f'<use href="#g{n - 1}"/>' * 20 + "</g>" for n in range(1, 6))
    with pytest.raises(DrawingError, match="elements"):
        read_drawing(svg(f'<rect id="g0" width="9" height="9"/>{levels}'))


def test_files_of_the_machine_are_never_shown(tmp_path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_bytes(BERRY)
    drawing, rendering = seen(
        f'<image href="{secret}" width="100" height="100"/><rect width="9" height="9" fill="{BLUE}"/>'
    )
    assert set(drawing.parts.names) == {WHITE, BLUE}
    assert (rendering.picture[50, 50] == 255).all()

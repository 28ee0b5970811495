"""Makes results with regions for tests of the plugin, in the simplest way: every kind of layer, and a flats report.

Regions are the areas that closed lines enclose; gaps are not closed. Colours come from a list in turn. Other tests use
the real engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import cv2
import numpy as np
from huebrush_protocol.frames import Image
from huebrush_protocol.messages import ImageHeader, Result, Submit
from huebrush_protocol.regions import RegionFix, RegionParameters

COLORS = ("#d9b99b", "#4062a8", "#b03a2e", "#7a5c3d", "#e8d34a", "#3f8f4f", "#8e5aa8", "#d9b89a")
"""Colours that are used if there is no palette; the last is almost equal to the first."""
INK = 64
STROKE = 9
"""Edge of a key stroke in pixels."""

Layers = list[tuple[ImageHeader, bytes]]


def region_result(message: Submit, images: Sequence[Image]) -> tuple[Result, list[bytes]]:
    """Return the answer to a job with regions, and its frames."""
    chosen = message.parameters.regions
    labels, ink = find_regions(next(image for image in images if image.header.role == "line_art"))
    colors = deal(labels, chosen)
    layers: Layers = []
    if chosen.keep_picture:
        layers.append(picture_layer(labels.shape))
    layers += MAKERS[chosen.result](labels, colors)
    if chosen.shading:
        layers += shading_layers(labels.shape)
    recipe = {"recipe_version": 1, "model": message.model, "parameters": asdict(message.parameters)}
    report = report_on(labels, ink, colors, chosen)
    return Result(message.job, recipe, tuple(header for header, _ in layers), report), [data for _, data in layers]


def find_regions(image: Image) -> tuple[np.ndarray, np.ndarray]:
    """Return (H,W) int32 labels from 1, which meet under the lines, and a (H,W) bool mask of the ink."""
    shape = (image.header.height, image.header.width, 4)
    pixels = np.frombuffer(image.data, np.uint8).reshape(shape)
    darkness = 255 - pixels[..., 1].astype(np.uint16)
    ink = darkness * pixels[..., 3] // 255 >= INK
    count, labels = cv2.connectedComponents((~ink).astype(np.uint8), connectivity=4)
    found = cv2.distanceTransformWithLabels(ink.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    nearest = np.asarray(found[1], np.int64)
    of_pixel = np.zeros(nearest.max() + 1, np.int32)
    of_pixel[nearest[~ink]] = labels[~ink]
    assert count > 1, "the line art encloses nothing"
    return of_pixel[nearest], ink


def deal(labels: np.ndarray, chosen: RegionParameters) -> list[str]:
    """Return the colour of each label after the fixes. Entry 0 stands for no region."""
    palette = chosen.palette or COLORS[: chosen.palette_size or len(COLORS)]
    colors = ["", *(palette[label % len(palette)] for label in range(labels.max()))]
    for fix in chosen.fixes:
        if fix.kind == "color":
            colors[labels[int(fix.y), int(fix.x)]] = fix.color
    return colors


def flats(labels: np.ndarray, colors: list[str]) -> Layers:
    """Make a single layer with all regions."""
    table = np.array([(0, 0, 0, 0), *((*bgr(color), 255) for color in colors[1:])], np.uint8)
    return [layer(table[labels], 0, 0, "Flats", "flats")]


def by_color(labels: np.ndarray, colors: list[str]) -> Layers:
    """Make a layer for each colour, cropped to its bounding box."""
    made = []
    for color in dict.fromkeys(colors[1:]):
        wanted = np.array([one == color for one in colors])
        made.append(box_layer(wanted[labels], color, f"{color} colour", "color"))
    return made


def by_area(labels: np.ndarray, colors: list[str]) -> Layers:
    """Make a layer for each region."""
    return [
        box_layer(labels == label, color, f"{color} area {label}", "area")
        for label, color in enumerate(colors)
        if label
    ]


def strokes(labels: np.ndarray, colors: list[str]) -> Layers:
    """Make an image for each colour, with a square in the thickest spot of each of its regions."""
    masks: dict[str, np.ndarray] = {}
    for label, color in enumerate(colors):
        if label:
            inside = np.pad((labels == label).astype(np.uint8), 1)
            depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3)[1:-1, 1:-1]
            y, x = np.unravel_index(depth.argmax(), depth.shape)
            half = int(min(STROKE // 2, max(0, depth[y, x] / 2)))
            mask = masks.setdefault(color, np.zeros(labels.shape, np.uint8))
            mask[y - half : y + half + 1, x - half : x + half + 1] = 255
    made = []
    for color, mask in masks.items():
        x, y, width, height = cv2.boundingRect(mask)
        header = ImageHeader("layer", width, height, "GRAY", x=x, y=y, name=color, kind="stroke", color=color)
        made.append((header, mask[y : y + height, x : x + width].tobytes()))
    return made


def picture_layer(shape: tuple[int, int]) -> tuple[ImageHeader, bytes]:
    """Make the model's picture, in a single colour."""
    return layer(np.full((*shape, 4), (90, 120, 150, 255), np.uint8), 0, 0, "Model picture", "picture")


def shading_layers(shape: tuple[int, int]) -> Layers:
    """Make shading layers: shade in the upper half, light in the lower half."""
    half = np.full((shape[0] // 2, shape[1], 4), (160, 160, 160, 255), np.uint8)
    light = np.full_like(half, 40)
    light[..., 3] = 255
    lower = shape[0] - half.shape[0]
    return [layer(half, 0, 0, "Shade", "shade", "multiply"), layer(light, 0, lower, "Light", "light", "screen")]


def report_on(labels: np.ndarray, ink: np.ndarray, colors: list[str], chosen: RegionParameters) -> dict[str, Any]:
    """Report a gap to close and regions to colour. A place to check goes when one of its fixes is applied."""
    height, width = labels.shape
    palette = list(dict.fromkeys(colors[1:]))
    areas = np.bincount(labels[~ink], minlength=len(colors))
    smallest = int(np.argsort(areas[1:])[0]) + 1
    rows, columns = np.nonzero((labels == smallest) & ~ink)
    middle = len(rows) // 2
    x, y = float(columns[middle]), float(rows[middle])
    near = width / 4, height / 4, width / 4 + 12, height / 4 + 3
    dyed = as_map(RegionFix("color", x, y, 0.0, 0.0, COLORS[2]), "Take #b03a2e")
    closed = as_map(RegionFix("close", *near), "Close the gap")
    merged = as_map(RegionFix("merge", *near), "Merge the regions", suggested=False)
    places = [
        place("open_gap", 0.9, "The lines have a gap of 12 px", near[0] - 6, near[1] - 6, 24.0, [closed, merged]),
        place("unsure", 0.4, "Small region, colour unsure", x - 8, y - 8, 16.0, [dyed], colors[smallest]),
        place("two_colors", 0.1, "Two colours in one region", width * 0.75, height * 0.75, 40.0, [], COLORS[1]),
    ]
    places[2]["spots"] += [[width * 0.5, height * 0.25, 20.0, 20.0, width * 0.5 + 10, height * 0.25 + 10]]
    made = [(fix.kind, fix.x, fix.y) for fix in chosen.fixes]
    left = [
        one
        for one in places
        if not any((fix["kind"], fix["x"], fix["y"]) in made for fix in one["fixes"]) and (one["fixes"] or not made)
    ]
    return {
        "regions": len(colors) - 1,
        "gap": 6.0 if chosen.gap is None else chosen.gap,
        "palette": palette,
        "near_duplicates": [[COLORS[0], COLORS[-1], 0.4]] if {COLORS[0], COLORS[-1]} <= set(palette) else [],
        "gap_closures": [[width / 2, height / 2, width / 2 + 8, height / 2 + 4]],
        "color_borders": [[[width / 4, height / 4], [width / 4 + 5, height / 4 + 2], [width / 4 + 9, height / 4]]],
        "clean": not left,
        "places_to_check": left,
    }


def place(
    kind: str, risk: float, words: str, x: float, y: float, edge: float, fixes: list[dict[str, Any]], color: str = ""
) -> dict[str, Any]:
    """A place to check of a report, in a square of this edge."""
    place = {"x": x, "y": y, "width": edge, "height": edge, "area": int(edge * edge)}
    spots = [[x, y, edge, edge, x + edge / 2, y + edge / 2]]
    shown = {"color": color, "visible": risk * edge * edge, "spots": spots}
    return {"kind": kind, "risk": risk, "text": words, **place, **shown, "fixes": fixes}


def as_map(fix: RegionFix, words: str, suggested: bool = True) -> dict[str, Any]:
    """Convert a fix to the form of a flats report."""
    return {**asdict(fix), "text": words, "more": [], "suggested": suggested}


def layer(
    pixels: np.ndarray, x: int, y: int, name: str, kind: str, blend: str = "normal", color: str = ""
) -> tuple[ImageHeader, bytes]:
    """Make a layer of (h,w,4) uint8 BGRA pixels."""
    height, width = pixels.shape[:2]
    header = ImageHeader("layer", width, height, "BGRA", x=x, y=y, name=name, kind=kind, blend=blend, color=color)
    return header, pixels.tobytes()


def box_layer(mask: np.ndarray, color: str, name: str, kind: str) -> tuple[ImageHeader, bytes]:
    """Make a layer of one colour in `mask`, cropped to it."""
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[mask[y : y + height, x : x + width]] = (*bgr(color), 255)
    return layer(pixels, x, y, name, kind, color=color)


def bgr(color: str) -> tuple[int, int, int]:
    """Return blue, green and red of "#rrggbb"."""
    return int(color[5:7], 16), int(color[3:5], 16), int(color[1:3], 16)


MAKERS = {"flats": flats, "flats_by_color": by_color, "flats_by_area": by_area, "colorize_mask": strokes}

"""Sentences that come with a result: notes in its recipe, and places to check."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

RESULTS: Mapping[str, str] = MappingProxyType(
    {
        # Notes in recipes
        "note.builtin": "Made with the small built-in model. It is a preview of the workflow, not of full-size "
        "quality.",
        "note.line_art_mask": "The mask of the line art was made automatically: it is what the outer lines enclose.",
        "note.background_mask": "The figure in the background picture was found automatically: it is what stands out "
        "from the background.",
        "note.reference_mask": "The mask of the reference was made automatically: it is what stands out from the "
        "background.",
        "note.recolored": "The reference was given the colour of '{target}' where it fits '{control}'.",
        "note.panels": "A comic page: {count} panels were painted one by one, and {balloons} balloons and captions "
        "found.",
        "note.pieces": "A long strip: it was painted in {count} pieces.",
        "note.gaps": "Gaps up to {gap} px were closed; the lines are {line_width} px wide.",
        "note.different_colors": "There was nothing to take colours from, so every region has a colour of its own.",
        "note.nearest_colors": "The model does not tell what it looked at, so each region has the reference's colour "
        "that is nearest to the painted one.",
        "note.paint_off": "The paint of the coloured picture lay off its lines, {across} px to the right and {down} px "
        "down; it was moved back.",
        "note.memory": "Memory ran out, so the model was loaded in a smaller way: {placement}.",
        "note.ignores_weights": "This model ignores the weights of the references.",
        "note.ignores_sketch_guidance": "This model ignores the guidance scale of the line art.",
        "note.ignores_guidance_window": "This model ignores the guidance window.",
        "note.ignores_fast": 'With this model, "fast" only means fewer steps.',
        # Ways to place a model in memory
        "placement.loaded": "{precision}, VAE float32, networks stay loaded; about {size} GB",
        "placement.loaded_in_tiles": "{precision}, VAE float32, networks stay loaded, VAE in tiles of {tile} px; "
        "about {size} GB",
        "placement.moving": "{precision}, VAE float32, each network on the device only while it computes; about "
        "{size} GB",
        "placement.moving_in_tiles": "{precision}, VAE float32, each network on the device only while it computes, "
        "VAE in tiles of {tile} px; about {size} GB",
        # Places to check, and what can be done there
        "place.left_bare": "{area} px left unpainted within {color}",
        "place.leak": "{area} px of {color} ran over a line into {neighbour}",
        "place.empty_region": "a region without colour ({area} px)",
        "place.not_in_palette": "{color} is not in the palette; {nearest} is {distance} away",
        "place.merged": "two colours in one region: they may run together through this gap of {width} px",
        "place.color_border": "no line here: a border between two colours of the picture",
        "place.open_gap": "the line has a gap of {width} px, wider than the gaps that were closed",
        "place.no_color_yet": "no colour yet ({area} px)",
        "place.unsure": "not sure of this colour",
        "place.two_colors": "two colours in one region: the picture shows {seen} here ({area} px), the flats {color}; "
        "close the line, or paint a hint of that colour",
        "place.lost_color": "the picture shows {seen} here ({area} px), the flats {color}",
        "place.alike": "{count} places: {what}",
        "place.differs": "{here} here, {there} in the other result",
        "place.across": "{area} px of {color} lie across the lines of {count} regions",
        "fix.fill": "fill with {color}",
        "fix.take": "take {color}",
        "fix.take_region": "take this region from the other result",
        "fix.take_neighbour": "take the neighbour's {color}",
        "fix.close": "close the gap",
        "fix.merge": "merge it with its neighbour",
    }
)

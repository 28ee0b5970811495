"""Sentences about jobs that cannot be carried out, or not as asked."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

JOBS: Mapping[str, str] = MappingProxyType(
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
        "edited_layer.several_layers": "A layer can only be edited if the result is a picture, or flats on layers "
        "without shading.",
        "edited_layer.several_layers.remedy": "Choose the picture or flats as the result, or leave the layer out.",
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
        "flats.no_colors.remedy": "Paint a stroke of colour on a hints layer, choose a palette or a coloured picture, "
        "or choose a model and a reference.",
        "colored.with_model": "A coloured picture gives the colours itself, so no model can paint them.",
        "colored.with_model.remedy": "Choose no model, or leave the coloured picture out.",
        "colored.empty": "The coloured picture '{name}' is empty: all of it is transparent.",
        "colored.empty.remedy": "Choose a layer or a file with paint on it.",
        "colored.is_line_art": "The coloured picture '{name}' is the line art itself: it has no colours.",
        "colored.is_line_art.remedy": "Choose the layer or the file with the colours.",
        "colored.shape": "The coloured picture '{name}' is {width} x {height} pixels, and the page {page_width} x "
        "{page_height}: they differ in shape.",
        "colored.shape.remedy": "Crop or extend the coloured picture so that it shows the whole page; its size does "
        "not matter.",
        "colored.no_paint": "The coloured picture '{name}' shows no paint between the lines.",
        "colored.no_paint.remedy": "Choose a picture with some colour in the shapes of this page.",
        "colored.edited_layer": "A coloured picture gives new flats; it cannot change a layer.",
        "colored.edited_layer.remedy": "Leave out the coloured picture, or the layer that is edited.",
        "compared.not_a_check": "Two results are compared by a check, and this job makes another result.",
        "compared.not_a_check.remedy": "Choose the result “check”, or send no picture to compare.",
        "compared.empty": "The result to compare with, '{name}', is empty: all of it is transparent.",
        "compared.empty.remedy": "Choose a result of this page that is painted.",
        "initial.empty": "The picture to go on from, '{name}', is empty: all of it is transparent.",
        "initial.empty.remedy": "Choose a layer with a picture of this page.",
        "initial.without_model": "Without a model nothing can be painted on from a picture.",
        "initial.without_model.remedy": "Choose a model and a new result, or leave the picture out.",
        "initial.edited_layer": "An edit changes a layer inside its masks and cannot go on from another picture too.",
        "initial.edited_layer.remedy": "Leave out the picture to go on from, or the layer that is edited.",
        "pins.empty": "The pins '{name}' are empty: all of that picture is transparent.",
        "pins.empty.remedy": "Pin a place that is painted, or leave the pins out.",
        "pins.size": "The pins '{name}' do not have the size of the line art.",
        "pins.size.remedy": "Take the pins from a result of this page, or leave them out.",
        "pins.one_layer": "Pins need a picture or flats on one layer as the result.",
        "pins.one_layer.remedy": "Choose one of these results, or leave the pins out.",
        "pins.edited_layer": "An edit changes a layer only inside its masks; pins have no place beside it.",
        "pins.edited_layer.remedy": "Leave out the pins, or the layer that is edited.",
        "colored.text_edits": "Words change what a model paints; with a coloured picture no model paints.",
        "colored.text_edits.remedy": "Leave these edits out, or give each a mask and a colour.",
        "hints.empty": "The layer of hints is empty, and there is nothing else to take colours from.",
        "hints.empty.remedy": "Paint a stroke of colour on it, or leave it out: then every region gets a colour of its "
        "own.",
        "line_art.no_pixels": "The line art has no pixels.",
        "line_art.transparent": "The line-art layer is empty: every pixel is transparent. Choose the layer with the "
        "lines.",
        "line_art.no_dark_lines": "The line art shows no lines that are darker than the paper. Let its lines be read "
        "as any line art, or as light lines.",
        "line_art.no_light_lines": "The line art shows no lines that are lighter than the paper. Let its lines be read "
        "as any line art, or as dark lines.",
        "line_art.one_color": "The line art shows no lines: it is one even colour. Choose the layer that the lines are "
        "drawn on.",
        "line_art.nothing_stands_out": "No lines can be drawn from this picture: nothing in it stands out. Choose a "
        "picture with clear shapes.",
        "model.no_text_tower": "This model has no text encoder, which edits by text need.",
        "enhancement.no_sketch_mask": "To colour foreground and background apart, a mask of the line art is needed.",
        "enhancement.no_background": "To enhance the background, a picture of it or a mask of the reference is needed.",
        "enhancement.only_background": "This model can enhance only the background.",
        "enhancement.no_style": "This model cannot enhance the style.",
        # What a model cannot do
        "sampler.unknown": "There is no sampler '{sampler}'; choose one of {names}.",
        "sampler.steps": "The sampler '{sampler}' needs at least {steps} steps.",
        "sampler.unfit": "The sampler '{sampler}' does not work with this model; choose one of {names}.",
        "sampler.unfit_prediction": "The sampler '{sampler}' does not work with this model, because the model "
        "predicts the picture itself.",
        "sampler.unfit_start": "The sampler '{sampler}' cannot go on from a picture; choose another one, such as dpm.",
        "noise_schedule.unknown": "There is no noise schedule '{schedule}'; choose one of {names}.",
        "model.one_strength": "This model has a single reference strength, not one for each level or block.",
        "model.blocks": "The model has {blocks} transformer blocks, but {strengths} reference strengths are given.",
        "model.no_text_edits": "This model cannot change the reference by text; remove the text edits, or choose "
        "a ColorizeDiffusion model.",
        "model.no_brush": "This model cannot edit inside a mask; remove these edits, or choose a "
        "ColorizeDiffusion model.",
        "model.no_initial": "This model cannot go on from a picture; leave it out, or choose a ColorizeDiffusion "
        "model.",
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
        # Memory, the worker and the front
        "memory.colorize": "There was not enough memory for this picture with this model.",
        "memory.colorize.remedy": "Close other programs that use the graphics card or memory, or choose a smaller "
        "model, and try again.",
        "memory.worker": "Memory ran out while colorizing.",
        "memory.worker.remedy": "Choose a smaller model or fewer and smaller references, or close other programs; then "
        "colorize again.",
        "memory.system": "The system ended the model process: memory ran out.",
        "memory.system.remedy": "Close other programs or choose a smaller model, then colorize again.",
        "backend.ending": "The backend was ended before the job was done.",
        "backend.ending.remedy": "Colorize again.",
        "worker.stood_still": "The model process stood still and was ended.",
        "worker.stood_still.remedy": "Colorize again. If this happens again, see the backend's log.",
        "worker.not_started": "The model process could not start: {reason}",
        "worker.not_started.remedy": "Run: huebrush doctor. The log is {log}.",
        "worker.ended": "The model process ended in the middle of the job, for the second time (status {status}).",
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
        "job.again": "The model process ended unexpectedly. The job runs once more.",
        "job.continued": "The backend ended unexpectedly and was started again. The job runs once more.",
        "job.restarts": "The backend ended several times in the middle of this job.",
        "job.restarts.remedy": "Try a smaller picture or another model, and see the backend's log.",
        "job.lost": "What the backend kept of the job on the disk cannot be read.",
        "job.lost.remedy": "Colorize again.",
        "worker.silent": "it said nothing.",
        "queue.jobs": "{count} jobs are waiting",
        "queue.own_jobs": "{count} jobs of this program are waiting, and the rest is kept for others",
        "queue.own_pictures": "the waiting jobs of this program hold {size} MiB of pictures, and the rest is kept for "
        "others",
        "queue.pictures": "the waiting jobs hold {size} MiB of pictures",
        # The device that the backend computes on
        "device.processor": "the CPU, {threads} threads",
        "device.one_thread": "the CPU, 1 thread",
        "device.graphics_card": "{name}, {size} GB",
        "device.apple": "the Apple GPU",
        "device.missing": "This machine has no device '{device}'; choose the automatic one or the CPU.",
    }
)

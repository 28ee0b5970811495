"""Everything that can go wrong under the artist's hands, with a backend that paints at once."""

from __future__ import annotations

import os
import signal

import psutil
import pytest
from docker_steps import top_layers
from example import REFERENCE

LINK = "__import__('huebrush.session').session.session().link"


def backend(krita) -> psutil.Process:
    """The front process of the plugin's backend."""
    return psutil.Process(krita.value(f"{LINK}.backend_pid"))


def start(krita, steps: int) -> None:
    """Press Colorize with this many steps."""
    krita.run(f"hands.type_number('huebrush_steps_number', {steps}); hands.click('huebrush_colorize')")


def start_and_see_steps(krita, steps: int = 100) -> None:
    """Press Colorize and wait until the picture emerges."""
    start(krita, steps)
    krita.wait_for("(hands.job() or {}).get('step', 0) >= 2", "two steps")


def test_no_document(painting_krita, picture):
    """Without a document, Colorize says that there is none and what to do."""
    painting_krita.run("hands.close_all(); hands.click('huebrush_colorize')")
    said = painting_krita.wait_for_banner("no_document")
    assert "Open or create a document" in said["advice"]


def test_cancel_ends_the_job_and_leaves_nothing(painting_krita, page):
    """Cancel in the middle: the document is as it was, and the next job runs."""
    page(painting_krita)
    before = painting_krita.value("hands.pixel_hash()")
    start_and_see_steps(painting_krita)
    painting_krita.run("hands.click('huebrush_cancel')")
    assert painting_krita.wait_for_end() == "cancelled"
    assert top_layers(painting_krita) == ["Line art", "Reference", "Background"]
    assert painting_krita.value("hands.pixel_hash()") == before
    start(painting_krita, 2)
    assert painting_krita.wait_for_end() == "done"


@pytest.mark.parametrize(
    ("model", "depth", "profile"),
    [("RGBA", "U16", ""), ("RGBA", "F32", ""), ("CMYKA", "U8", ""), ("GRAYA", "U8", "")],
)
def test_any_document(painting_krita, page, model, depth, profile):
    """Other colour models and depths: two layers in sRGB, shown at once, one undo step."""
    page(painting_krita, model=model, depth=depth, profile=profile)
    before = painting_krita.value("[hands.pixel_hash(), hands.layers(), hands.pixel_hash('Line art')]")
    start(painting_krita, 2)
    assert painting_krita.wait_for_end() == "done", painting_krita.value("hands.banner()")
    layers = painting_krita.value("hands.layers()")
    assert [layer["space"] for layer in layers if layer["depth"] == 1] == ["RGBA/U8", "RGBA/U8"]
    shown = painting_krita.value("hands.pixel_hash()")
    painting_krita.run("hands.document().refreshProjection(); hands.spin(0.5)")
    assert shown == painting_krita.value("hands.pixel_hash()") != before[0]
    painting_krita.run("hands.press('edit_undo')")
    assert painting_krita.value("[hands.pixel_hash(), hands.layers(), hands.pixel_hash('Line art')]") == before


def test_opaque_line_art_offers_multiply(painting_krita, page):
    """Lines on white paper hide the colours below: the banner offers to set the layer to Multiply."""
    page(painting_krita)
    painting_krita.run(f"hands.add_picture(hands.document(), 'Scan', {str(REFERENCE)!r})")
    painting_krita.run("hands.pick('huebrush_line_art', 'Scan')")
    start(painting_krita, 2)
    said = painting_krita.wait_for_banner("opaque_lines")
    assert said["remedy"] == "Set to Multiply"
    painting_krita.run("hands.click('huebrush_banner_remedy')")
    assert painting_krita.value("hands.layer_named('Scan').blendingMode()") == "multiply"


def test_empty_layer(painting_krita, page):
    """An empty layer as line art is named."""
    page(painting_krita)
    painting_krita.run("d = hands.document(); d.rootNode().addChildNode(d.createNode('Nothing', 'paintlayer'), None)")
    painting_krita.run("hands.pick('huebrush_line_art', 'Nothing'); hands.click('huebrush_colorize')")
    assert "nothing on the layer “Nothing”" in painting_krita.wait_for_banner("empty_layer")["message"]


def test_no_line_art_and_no_reference(painting_krita, page):
    """What is not chosen is said, one after the other."""
    page(painting_krita)
    painting_krita.run("hands.pick('huebrush_line_art', '(choose a layer)'); hands.click('huebrush_colorize')")
    painting_krita.wait_for_banner("no_line_art")
    painting_krita.run("hands.pick('huebrush_line_art', 'Line art')")
    painting_krita.run("hands.click('huebrush_reference_remove'); hands.click('huebrush_colorize')")
    painting_krita.wait_for_banner("no_reference")
    painting_krita.run("hands.choose_in_menu('huebrush_reference_add', 'Reference')")
    start(painting_krita, 2)
    assert painting_krita.wait_for_end() == "done"


def test_an_empty_list_of_colours(painting_krita, page):
    """It is said that the list which the colours shall come from is empty."""
    page(painting_krita)
    painting_krita.run("hands.pick('huebrush_result', 'Flats'); hands.widget('huebrush_palette').setChecked(True)")
    painting_krita.run("hands.pick('huebrush_palette_source', 'From a list'); hands.click('huebrush_colorize')")
    assert "list of colours is empty" in painting_krita.wait_for_banner("empty_list")["message"]
    painting_krita.run("hands.pick('huebrush_palette_source', 'None'); hands.pick('huebrush_result', 'Picture')")
    painting_krita.run("hands.widget('huebrush_palette').setChecked(False)")


def test_banner_looks_the_same_each_time(painting_krita, page):
    """A banner that comes back has the colours it had: its tint does not pile up."""
    page(painting_krita)
    painting_krita.run("hands.pick('huebrush_line_art', '(choose a layer)')")
    looks = []
    for _ in range(3):
        painting_krita.run("hands.click('huebrush_colorize')")
        painting_krita.wait_for_banner("no_line_art")
        shown = "hands.widget('huebrush_banner').grab().toImage()"
        looks.append(painting_krita.value(f"[{shown}.pixelColor(x, 20).name() for x in (0, 4)]"))
        painting_krita.run("hands.click('huebrush_banner_dismiss')")
    assert looks[0] == looks[1] == looks[2]
    edge, background = looks[0]
    window = painting_krita.value("hands.widget('huebrush_panel').grab().toImage().pixelColor(1, 1).name()")
    assert len({edge, background, window}) == 3


def test_line_art_deleted_meanwhile(painting_krita, page):
    """The result is kept and offered; after undoing the deletion it goes under the lines."""
    page(painting_krita)
    start_and_see_steps(painting_krita, 20)
    painting_krita.run("hands.layer_named('Line art').remove(); hands.spin(0.2)")
    assert painting_krita.wait_for_end() == "unplaced"
    assert painting_krita.wait_for_banner("line_art_deleted")["remedy"] == "Place result"
    painting_krita.run("hands.press('edit_undo'); hands.click('huebrush_banner_remedy')")
    assert painting_krita.wait_for_end() == "done"
    names = top_layers(painting_krita)
    assert names[0] == "Line art" and names[1].startswith(("Picture ", "Flats "))


def test_document_closed_meanwhile(painting_krita, page):
    """The result of a closed document is kept and can be placed into another one."""
    page(painting_krita)
    start_and_see_steps(painting_krita, 20)
    page(painting_krita)
    painting_krita.wait_for_banner("document_closed")
    painting_krita.run("hands.click('huebrush_banner_remedy')")
    painting_krita.wait_for("hands.layers()[0]['name'].startswith('Picture ')", "the result in the other document")


def test_a_result_is_not_placed_among_layers_that_another_job_reads(painting_krita, page):
    """It is said so, nothing is lost, and when the other job has ended it goes there."""
    page(painting_krita)
    start_and_see_steps(painting_krita, 20)
    page(painting_krita)
    painting_krita.wait_for_banner("document_closed")
    painting_krita.run(
        "hands.type_number('huebrush_steps_number', 2); "
        "[app.action(f'huebrush_{name}').trigger() for name in ('colorize', 'place')]"
    )
    painting_krita.wait_for_banner("job_running")
    assert painting_krita.wait_for_end() == "done"
    count = "sum(entry['name'].startswith('Picture ') for entry in hands.layers())"
    assert painting_krita.value(count) == 1
    painting_krita.run("app.action('huebrush_place').trigger()")
    painting_krita.wait_for(f"{count} == 2", "the result of the closed document")


def test_a_job_does_not_read_layers_among_which_a_result_is_placed(painting_krita, page):
    """It is said so, and nothing of the placed result is lost."""
    page(painting_krita)
    start_and_see_steps(painting_krita, 20)
    page(painting_krita)
    painting_krita.wait_for_banner("document_closed")
    painting_krita.run("[app.action(f'huebrush_{name}').trigger() for name in ('place', 'colorize')]")
    painting_krita.wait_for_banner("job_running")
    painting_krita.wait_for("hands.layers()[0]['name'].startswith('Picture ')", "the result of the closed document")


def test_killed_worker(painting_krita, page, picture):
    """kill -9 on the model process: the job runs once more, as the docker says; the second time it offers Retry."""
    page(painting_krita)
    start_and_see_steps(painting_krita, 30)
    kill_worker(painting_krita)
    painting_krita.wait_for("'once more' in hands.widget('huebrush_job_note').text()", "the word of it")
    picture(painting_krita, "", "docker-worker-died")
    painting_krita.wait_for("(hands.job() or {}).get('step', 0) >= 2", "two steps again")
    kill_worker(painting_krita)
    said = painting_krita.wait_for_banner("worker_died")
    assert said["remedy"] == "Retry" and said["advice"]
    painting_krita.run("hands.click('huebrush_banner_remedy')")
    assert painting_krita.wait_for_end() == "done"
    assert painting_krita.value("hands.banner()") is None


def kill_worker(krita) -> None:
    worker = max(backend(krita).children(recursive=True), key=lambda process: process.memory_info().rss)
    os.kill(worker.pid, signal.SIGKILL)


def test_killed_backend(painting_krita, page):
    """kill -9 on the backend: Krita lives on, the next backend is started by itself and goes on with the job."""
    page(painting_krita)
    start_and_see_steps(painting_krita, 30)
    front = backend(painting_krita)
    os.kill(front.pid, signal.SIGKILL)
    assert painting_krita.wait_for_end() == "done"
    assert painting_krita.value("hands.banner()") is None
    assert backend(painting_krita).pid != front.pid


def test_missing_model(painting_krita, page):
    """A model without weights says how to get them."""
    page(painting_krita)
    painting_krita.run("hands.pick('huebrush_model', 'Big model (not installed)'); hands.click('huebrush_colorize')")
    assert "huebrush models install big" in painting_krita.wait_for_banner("model_missing")["advice"]
    painting_krita.run("hands.pick('huebrush_model', 'Built-in (small)')")


def test_idle_costs_nothing(painting_krita, page):
    """With no job under way, none of the plugin's timers runs, whether the docker is shown or not."""
    page(painting_krita)
    painting_krita.run("hands.spin(0.5)")
    assert painting_krita.value("hands.running_timers()") == []


def test_docker_is_narrow_and_reachable_by_keyboard(painting_krita, page):
    """At most 260 pixels wide; Tab reaches every control; each has a name for screen readers."""
    page(painting_krita)
    assert painting_krita.value("hands.docker().minimumSizeHint().width()") <= 260
    reached = [
        *painting_krita.value("hands.tab_order()"),
        *painting_krita.value("hands.tab_order('huebrush_quality')"),
    ]
    assert reached.index("huebrush_colorize") - reached.index("huebrush_line_art") <= 6
    wanted = {
        "huebrush_line_art",
        "huebrush_reference_add",
        "huebrush_references",
        "huebrush_reference_strength_slider",
        "huebrush_sketch_strength_slider",
        "huebrush_seed_number",
        "huebrush_quality",
        "huebrush_steps_number",
        "huebrush_model",
        "huebrush_colorize",
        "huebrush_backend_log",
        "huebrush_backend_fault_report",
    }
    assert wanted <= set(reached)
    assert painting_krita.value("hands.unnamed_controls()") == []

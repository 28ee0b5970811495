"""Jobs over a real ZeroMQ socket: what the docker shows at each stage, and how they end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from docker_jobs import save_picture
from hands import banner, choose_file, click, labels, pick, spin, type_number, wait_for, widget
from huebrush import api
from huebrush.backend.connection import LinkState
from huebrush.base.qt import QtCore
from huebrush.jobs import runner
from huebrush.jobs.job import Stage
from huebrush.results.recipes import recipes
from huebrush.session import session
from huebrush.settings.store import SettingsStore
from huebrush_protocol.messages import (
    Accepted,
    Acknowledge,
    Cancel,
    Cancelled,
    Failed,
    Fetch,
    ImageHeader,
    Ping,
    Preview,
    Progress,
    Result,
    Submit,
)
from huebrush_protocol.texts import Text


@pytest.fixture(autouse=True)
def connected(document, backend) -> Iterator[None]:
    """The docker is connected to the scripted backend, which the artist has chosen as their own."""
    spin()
    button = widget("huebrush_backend_more")
    next(action for action in button.menu().actions() if "running" in action.text()).trigger()
    choose_file(str(backend.endpoint))
    backend.greet()
    wait_for(lambda: session().link.is_ready, "the connection")
    yield
    session().link.stop()
    next(action for action in button.menu().actions() if "our own" in action.text()).trigger()
    session().link.stop()
    spin()


def start(backend) -> str:
    """Press Colorize and return the id of the job that arrives at the backend."""
    click("huebrush_colorize")
    return backend.receive(Submit).job


def phase() -> str:
    """What stands under the progress bar."""
    return widget("huebrush_phase").text()


def test_colorize_keeps_the_picture_and_another_makes_a_new_one(backend):
    """Whoever changes only the kind of result wants the same picture: the seed stays until a press of its own."""

    def sent(button: str) -> int:
        click(button)
        job = backend.receive(Submit)
        click("huebrush_cancel")
        backend.receive(Cancel)
        backend.send(Cancelled(job.job))
        wait_for(lambda: phase() == "Cancelled.", "the end")
        return job.parameters.seed

    first = sent("huebrush_colorize")
    assert first == sent("huebrush_colorize") == widget("huebrush_seed_number").value()
    other = sent("huebrush_another")
    assert other != first and other == sent("huebrush_colorize")


def test_connection_is_shown(backend):
    """The state names the device; the models are those of the backend."""
    assert widget("huebrush_backend_state").text() == "Backend ready on a processor"
    assert labels("huebrush_model") == ["Built-in (small)", "Big (not installed)"]
    greyed = [widget("huebrush_model").itemData(row, QtCore.Qt.ItemDataRole.ForegroundRole) for row in (0, 1)]
    assert greyed[0] is None and greyed[1] is not None
    assert not widget("huebrush_backend_start").isEnabled()


def test_job_from_click_to_layers(document, backend, tmp_path):
    """Queued, running with step and time left, preview, written: one group under the lines, acknowledged."""
    type_number("huebrush_seed_number", 5)
    click("huebrush_colorize")
    submit = backend.receive(Submit)
    assert [(image.role, image.width, image.height) for image in submit.images] == [
        ("line_art", 40, 30),
        ("reference", 30, 20),
    ]
    job = submit.job
    backend.send(Accepted(job))
    wait_for(lambda: phase() == "Queued…", "the queue")
    bar = widget("huebrush_progress")
    assert bar.isVisible() and bar.maximum() == 0
    assert widget("huebrush_cancel").isEnabled() and not widget("huebrush_colorize").isEnabled()
    backend.send(Progress(job, "denoising", 3, 12, 0.25, 100.0))
    wait_for(lambda: phase() == "Painting 3/12 · about 2 min left", "the progress")
    assert (bar.value(), bar.maximum()) == (250, 1000)
    backend.send(Preview(job, 3, (ImageHeader("preview", 2, 2, "RGB", stride=8),)), [bytes(range(16))])
    preview = widget("huebrush_preview")
    wait_for(preview.isVisible, "the preview")
    assert preview.pixmap().toImage().pixelColor(0, 0).getRgb()[:3] == (0, 1, 2)
    header = ImageHeader("layer", 40, 30, "BGRA", name="Flats")
    backend.send(Result(job, {"model": "demo"}, (header,)), [bytes((10, 20, 30, 255)) * 1200])
    wait_for(lambda: phase() == "Done.", "the layers")
    assert not bar.isVisible() and not preview.isVisible()
    assert [node.name() for node in document.rootNode().childNodes()] == [
        "Scene",
        "Background",
        "Reference",
        "Picture 1 · Reference",
        "Line art",
    ]
    group = document.rootNode().childNodes()[3]
    assert bytes(group.childNodes()[0].pixelData(39, 29, 1, 1).data()) == bytes((10, 20, 30, 255))
    assert backend.receive(Acknowledge).job == job
    assert list(recipes(document).values()) == [{"model": "demo"}]
    stored = SettingsStore(tmp_path).load(document)
    assert stored is not None and stored.seed == 5


def test_groups_say_what_differs_first(document, backend, tmp_path):
    """Their kind, with a number of its own, also after one was deleted; then where the colours are from."""

    def done() -> str:
        job = start(backend)
        header = ImageHeader("layer", 40, 30, "BGRA", name="Colour")
        backend.send(Result(job, {"model": "demo"}, (header,)), [bytes((10, 20, 30, 255)) * 1200])
        assert backend.receive(Acknowledge).job == job
        wait_for(lambda: phase() == "Done.", "the layers")
        return document.rootNode().childNodes()[-2].name()

    assert [done(), done()] == ["Picture 1 · Reference", "Picture 2 · Reference"]
    document.rootNode().childNodes()[3].remove()
    widget("huebrush_panel").refresh()
    widget("huebrush_reference_list").add_file(save_picture(tmp_path / "girl.png", "#3060c0"))
    assert done() == "Picture 3 · Reference + 1", "one is still called 2"
    references = widget("huebrush_references")
    references.setCurrentRow(0)
    widget("huebrush_reference_remove").click()
    assert done() == "Picture 4 · girl.png"


def test_a_result_with_lines_of_its_own_lies_on_top(document, backend):
    """The layer chosen is an opaque picture then: below it nothing would show, and nothing advises to multiply it."""
    click("huebrush_page_advanced")
    pick("huebrush_sketch_mode", "Extract lines from a coloured picture or scan")
    job = start(backend)
    click("huebrush_advanced_reset")
    click("huebrush_page_advanced")
    layers = {"Colour": "picture", "Lines": "lines"}
    headers = tuple(ImageHeader("layer", 40, 30, "BGRA", name=name, kind=kind) for name, kind in layers.items())
    backend.send(Result(job, {"model": "demo"}, headers), [bytes((10, 20, 30, 255)) * 1200] * 2)
    wait_for(lambda: phase() == "Done.", "the layers")
    group = document.rootNode().childNodes()[-1]
    assert group.name().startswith(("Picture ", "Flats ")) and [node.name() for node in group.childNodes()] == [
        "Colour",
        "Lines",
    ]
    assert banner() is None


def test_failure_and_retry(backend):
    """The banner has the backend's words and a button; the button runs the same job again."""
    first = start(backend)
    backend.send(Failed(first, "out_of_memory", "The card is full.", "Close other programs."))
    assert backend.receive(Acknowledge).job == first
    wait_for(lambda: banner() == ("out_of_memory", "Retry"), "the banner")
    assert phase() == "Failed."
    assert widget("huebrush_banner_advice").text() == "Close other programs."
    click("huebrush_banner_remedy")
    assert backend.receive(Submit).job != first
    click("huebrush_cancel")
    backend.receive(Cancel)


def test_cancel(backend):
    """Cancel is sent, and shown at once."""
    job = start(backend)
    click("huebrush_cancel")
    assert backend.receive(Cancel).job == job
    backend.send(Cancelled(job))
    spin()
    assert phase() == "Cancelled."


def test_missing_model(backend):
    """A model without weights is not asked for; its remedy is shown."""
    pick("huebrush_model", "Big (not installed)")
    click("huebrush_colorize")
    wait_for(lambda: banner() == ("model_missing", ""), "the banner")
    assert widget("huebrush_banner_advice").text() == "Fetch it."
    pick("huebrush_model", "Built-in (small)")


def test_heartbeat_only_while_a_job_runs(backend):
    """The connection is watched while something depends on it, and silent otherwise."""
    timers = session().link.findChildren(QtCore.QTimer)
    assert not any(timer.isActive() for timer in timers)
    job = start(backend)
    backend.send(Accepted(job))
    beating = [timer for timer in timers if timer.isActive()]
    assert len(beating) == 1
    beating[0].timeout.emit()
    backend.receive(Ping)
    click("huebrush_cancel")
    assert not any(timer.isActive() for timer in timers)


def test_a_job_that_runs_once_more_says_why(backend):
    """After a worker's death the docker tells it until the job is done."""
    job = start(backend)
    backend.send(Accepted(job))
    wait_for(lambda: phase() == "Queued…", "the job in the queue")
    assert not widget("huebrush_job_note").isVisible()
    backend.send(Accepted(job, 0, Text.of("job.again")))
    wait_for(lambda: "once more" in widget("huebrush_job_note").text(), "the reason")
    backend.send(Progress(job, "denoising", 1, 10, 0.1))
    wait_for(lambda: "1" in phase(), "its progress")
    assert "once more" in widget("huebrush_job_note").text()
    backend.send(Cancelled(job))
    wait_for(lambda: phase() == "Cancelled.", "the end")
    assert widget("huebrush_job_note").text() == ""


def test_the_backend_is_asked_after_a_silent_job(backend, monkeypatch):
    """A job of which nothing is heard is asked after; one that was never accepted is sent again, with its pictures."""
    monkeypatch.setattr(runner, "ASK_SECONDS", 0)
    job = start(backend)
    link = session().link
    link.time_to_ask.emit(False)
    again = backend.receive(Submit)
    assert again.job == job and len(backend.images) == len(again.images) > 1
    backend.send(Accepted(job))
    backend.send(Progress(job, "denoising", 1, 10, 0.1))
    wait_for(lambda: "1" in phase(), "its progress")
    link.time_to_ask.emit(False)
    assert backend.receive(Fetch).job == job
    backend.send(Failed(job, "unknown_job", "It is not known."))
    wait_for(lambda: banner() == ("unknown_job", "Retry"), "the banner")
    assert backend.receive(Acknowledge).job == job


def test_garbage_ends_the_connection(backend):
    """What is no message is said, and does no harm."""
    backend.send_garbage()
    wait_for(lambda: banner() == ("garbled", "Start the backend"), "the banner")
    assert session().link.state is LinkState.FAILED
    assert widget("huebrush_backend_start").isEnabled()


def test_large_messages_come_whole(backend):
    """Many frames of a megabyte, sent at once, are drained from the edge-triggered descriptor without a pause."""
    job = start(backend)
    backend.send(Accepted(job))
    header = ImageHeader("preview", 600, 600, "RGB")
    for step in range(20):
        backend.send(Preview(job, step, (header,)), [bytes((step, 0, 0)) * 360_000])
    shown = widget("huebrush_preview")
    wait_for(lambda: shown.isVisible() and shown.pixmap().toImage().pixelColor(9, 9).red() == 19, "the last preview")
    click("huebrush_cancel")


def test_the_place_in_the_queue_is_shown(backend, document):
    job = start(backend)
    for ahead in (3, 1):
        backend.send(Accepted(job, ahead))
        wait_for(lambda ahead=ahead: phase() == f"Queued · jobs before it: {ahead}", "the place in the queue")
    backend.send(Accepted(job, 0))
    wait_for(lambda: phase() == "Queued…", "the queue's end")
    click("huebrush_cancel")


def test_a_script_says_what_nobody_waits_for(backend, document):
    reference = next(node for node in document.rootNode().childNodes() if node.name() == "Reference")
    for batch in (False, True):
        job = api.colorize(document, references=[reference], batch=batch)
        assert backend.receive(Submit).batch is batch
        api.cancel(job)
        backend.receive(Cancel)
        backend.send(Cancelled(job.id))
        assert api.wait(job) is Stage.CANCELLED


def test_a_script_waits_for_a_job_while_krita_works(backend, document):
    """Until its end, or no longer than it wants to."""
    reference = next(node for node in document.rootNode().childNodes() if node.name() == "Reference")
    job = api.colorize(document, references=[reference])
    backend.receive(Submit)
    assert api.wait(job, 0.01) is Stage.QUEUED
    QtCore.QTimer.singleShot(0, lambda: api.cancel(job))
    assert api.wait(job) is Stage.CANCELLED
    backend.receive(Cancel)

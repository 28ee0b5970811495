"""What `huebrush bench ui` is told: each stage of a job, with the calls and steps that took time in it."""

from __future__ import annotations

import measure_ui


def test_strokes_are_drawn_with_and_without_a_job(prepared_home):
    figures = measure_ui.measure_strokes(seconds=3.0, like=prepared_home)
    assert figures["job_was"] == "running"
    for name in ("without_job", "with_job"):
        found = figures[name]
        assert found["moves"] > 20
        assert 0 < found["usual_ms"] <= found["most_of_99_percent_ms"] <= found["longest"]["ms"]


def test_the_page_history_is_opened_with_many_results(prepared_home):
    figures = measure_ui.measure_history(results=40, like=prepared_home)
    assert figures["results"] == 40 and figures["first_ms"] > 0 and figures["again_ms"] > 0
    assert isinstance(figures["grown_megabytes"], float)


def test_report_names_calls_and_steps_of_each_stage(prepared_home):
    """A small page: times are of no interest here, but who took them is."""
    figures = measure_ui.measure(edge=256, like=prepared_home)
    assert figures["outcome"] == "done"
    stages = figures["stages"]
    assert {"idle", "capturing", "running", "writing", "done"} <= set(stages)
    for stage in stages.values():
        assert stage["gap"]["ms"] > 0 and stage["busiest_gap"]["cpu_ms"] >= 0
    writing = {call["name"]: call["count"] for call in stages["writing"]["krita_calls"]}
    assert stages["writing"]["krita_call"]["name"] in writing
    assert writing["GroupLayer.addChildNode"] >= 4, "a group, two layers in it, and the insertion"
    assert {"Krita.createDocument", "Document.close"} <= set(writing)
    steps = [step["name"] for stage in stages.values() for step in stage["own_steps"]]
    assert any(name.startswith("documents.pixels.") for name in steps)
    assert any(name.startswith("widgets.") for name in steps)
    assert stages["idle"]["krita_call"] is None and stages["idle"]["own_step"] is None, "idling costs something"

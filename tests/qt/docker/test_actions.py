"""Krita's actions: each reaches the part of the docker that acts."""

from __future__ import annotations

import pytest
from hands import banner, click, show_document, show_page, spin, widget
from huebrush.extension import ACTIONS, Action
from huebrush.session import session
from krita import Krita


def trigger(name: str) -> None:
    """Press the shortcut of an action."""
    Krita.instance().action(f"huebrush_{name}").trigger()
    spin()


@pytest.fixture(autouse=True)
def docker_as_before():
    """The docker shows its first page again, and nothing is connected."""
    yield
    session().link.stop()
    show_page("colorize")
    if banner() is not None:
        click("huebrush_banner_dismiss")
    show_document(None)
    spin()


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_an_action_does_no_harm_where_there_is_nothing_to_act_on(action: Action):
    """No part of the docker is missing, and none needs a document to be asked."""
    show_document(None)
    spin()
    trigger(action.name)
    assert widget("huebrush_panel").job() is None


def test_actions_reach_the_docker(document):
    """One for each part: the seed, the list of edits, and the reference brush, which says what it lacks."""
    spin()
    seed = widget("huebrush_panel")._form.settings.seed
    trigger("another")
    trigger("cancel")
    assert widget("huebrush_panel")._form.settings.seed != seed
    assert not widget("huebrush_page_edit").isChecked()
    trigger("delete_edit")
    assert widget("huebrush_page_edit").isChecked()
    trigger("apply_edits")
    assert banner() == ("no_edit_mask", "")

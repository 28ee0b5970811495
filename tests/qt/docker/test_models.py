"""Getting more models from the docker: what is shown, what is sent, and what becomes of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from docker_jobs import called, greet
from hands import Key, banner, click, labels, press, spin, tab_order, wait_for, widget
from huebrush.base.qt import QtWidgets
from huebrush.session import session
from huebrush_protocol.messages import ModelInfo, Models, Ping
from huebrush_protocol.pulls import (
    CancelPull,
    LicenceInfo,
    ListReleases,
    Pull,
    PullCancelled,
    Pulled,
    PullFailed,
    PullProgress,
    ReleaseInfo,
    Releases,
    SetModelsFolder,
)
from scripted_backend import MODELS, ScriptedBackend

TERMS = "Credit the authors; no commercial use. " * 8
WEIGHTS = LicenceInfo("CC-BY-NC-SA-4.0", "Creative Commons", "https://example.org/licence", TERMS, must_accept=True)
ENCODER = ReleaseInfo(
    "clip", "CLIP", "Reads references.", 4_000_000_000, LicenceInfo("MIT", "MIT Licence", "", "None.")
)
LARGE = ReleaseInfo("large", "Large one", "For fine pictures.", 6_000_000_000, WEIGHTS, needs=("clip",))


@pytest.fixture
def shop(document, backend: ScriptedBackend):
    """The open part of the docker, connected, with two releases in it."""
    with called(backend):
        greet(backend)
        click("huebrush_shop_open")
        tell(backend, LARGE, ENCODER)
        yield widget("huebrush_shop")
        if widget("huebrush_shop").isVisible():
            click("huebrush_shop_close")


def tell(backend: ScriptedBackend, *releases: ReleaseInfo, pulling: str = "") -> None:
    """Answer the docker's question about releases."""
    backend.receive(ListReleases)
    backend.send(Releases(releases, "/where/models/lie", pulling))
    wait_for(lambda: session().models.releases == releases, "the releases")


def choose(row: int) -> None:
    press("huebrush_releases", Key.Key_Home, *[Key.Key_Down] * row)


def test_releases_show_size_licence_and_what_they_are_for(shop, backend):
    """The licence's text stands there before anything can be accepted; sizes count what is needed along."""
    first, second = labels("huebrush_releases")
    assert "Large one" in first and "6.00 GB" in first and WEIGHTS.name in first
    assert "CLIP" in second and "MIT" in second
    choose(0)
    assert widget("huebrush_release_purpose").text() == "large: For fine pictures.\nTo fetch: 10.00 GB, with CLIP"
    said = widget("huebrush_licence").text()
    assert TERMS in said and WEIGHTS.address in said and WEIGHTS.title in said
    assert widget("huebrush_shop_fetch").text() == "Accept and fetch"
    choose(1)
    assert widget("huebrush_shop_fetch").text() == "Fetch"
    assert widget("huebrush_release_purpose").text() == "clip: Reads references.\nTo fetch: 4.00 GB"


def test_accepting_fetches_shows_progress_and_offers_the_new_model(shop, backend):
    choose(0)
    click("huebrush_shop_fetch")
    assert backend.receive(Pull) == Pull("large", WEIGHTS.name)
    backend.send(PullProgress("large", "fetching", "large.safetensors", 2_500_000_000, 10_000_000_000, 300.0))
    wait_for(lambda: "2.50 GB of 10.00 GB" in widget("huebrush_pull_state").text(), "the progress")
    assert "about 5 min left" in widget("huebrush_pull_state").text()
    assert widget("huebrush_pull_bar").value() == widget("huebrush_pull_bar").maximum() // 4
    assert not widget("huebrush_licence").isVisible()
    backend.send(Pulled("large"))
    backend.send(Models((*MODELS, ModelInfo("large", "Large one", "v2", "free", available=True))))
    wait_for(lambda: "Large one" in labels("huebrush_model"), "the new model")
    assert banner() == ("model_fetched", "")
    click("huebrush_banner_dismiss")
    assert not widget("huebrush_pull_bar").isVisible()


def test_not_now_sends_nothing(shop, backend):
    choose(0)
    click("huebrush_shop_refuse")
    assert not shop.isVisible()
    session().link.send(Ping(3))
    assert backend.receive(Ping) == Ping(3)


def test_stopping_keeps_what_has_come_and_offers_to_go_on(shop, backend):
    choose(0)
    click("huebrush_shop_fetch")
    backend.receive(Pull)
    backend.send(PullProgress("large", "starting"))
    wait_for(lambda: widget("huebrush_shop_cancel").isVisible(), "the progress")
    click("huebrush_shop_cancel")
    assert backend.receive(CancelPull) == CancelPull("large")
    backend.send(PullCancelled("large"))
    accepted = LicenceInfo(WEIGHTS.name, WEIGHTS.title, WEIGHTS.address, WEIGHTS.terms)
    tell(backend, ReleaseInfo("large", "Large one", "", 6_000_000_000, accepted, fetched=2_000_000_000), ENCODER)
    choose(0)
    assert "2.00 GB of 6.00 GB" in labels("huebrush_releases")[0]
    assert widget("huebrush_shop_fetch").text() == "Go on"
    assert "To fetch: 4.00 GB" in widget("huebrush_release_purpose").text()
    click("huebrush_shop_fetch")
    assert backend.receive(Pull) == Pull("large")


def test_mirror_and_folders_stand_under_more(shop, backend, tmp_path):
    choose(1)
    assert not widget("huebrush_mirror").isVisible()
    click("huebrush_shop_more")
    assert widget("huebrush_models_folder_path").text() == "/where/models/lie"
    widget("huebrush_mirror").setText(" https://mirror.example ")
    widget("huebrush_pull_source_path").setText(str(tmp_path))
    field = widget("huebrush_models_folder_path")
    field.setText("/large/disk")
    press("huebrush_models_folder_path", Key.Key_Return)
    assert backend.receive(SetModelsFolder) == SetModelsFolder("/large/disk")
    backend.send(PullFailed("", "folder", "It cannot be written."))
    wait_for(lambda: banner() == ("pull_folder", ""), "the banner")
    click("huebrush_banner_dismiss")
    tell(backend, LARGE, ENCODER)
    click("huebrush_shop_fetch")
    assert backend.receive(Pull) == Pull("clip", "", "https://mirror.example", str(tmp_path))
    click("huebrush_shop_more")
    for name in ("huebrush_mirror", "huebrush_pull_source_path"):
        widget(name).clear()


def test_folder_dialog_fills_the_field(shop, backend, tmp_path):
    click("huebrush_shop_more")
    click("huebrush_models_folder_browse")
    (dialog,) = [found for found in shop.findChildren(QtWidgets.QFileDialog) if found.isVisible()]
    dialog.setDirectory(str(tmp_path))
    dialog.accept()
    spin()
    assert Path(backend.receive(SetModelsFolder).folder) == tmp_path
    click("huebrush_shop_more")


def test_failure_stands_in_the_banner_with_its_remedy(shop, backend):
    choose(0)
    click("huebrush_shop_fetch")
    backend.receive(Pull)
    backend.send(PullFailed("large", "space", "There is too little space.", "At the command line: …"))
    wait_for(lambda: banner() == ("pull_space", ""), "the banner")
    assert widget("huebrush_banner_text").text() == "There is too little space."
    assert "under “More”" in widget("huebrush_banner_advice").text()
    click("huebrush_banner_dismiss")


def test_a_lost_backend_ends_the_progress(shop, backend):
    choose(0)
    click("huebrush_shop_fetch")
    backend.receive(Pull)
    backend.send(PullProgress("large", "starting"))
    wait_for(lambda: widget("huebrush_pull_bar").isVisible(), "the progress")
    session().link.stop()
    spin()
    assert not widget("huebrush_pull_bar").isVisible()
    click("huebrush_shop_fetch")
    assert banner() == ("pull_no_backend", "")
    click("huebrush_banner_dismiss")


def test_everything_is_reached_by_keyboard_and_has_a_name(shop, backend):
    choose(0)
    click("huebrush_shop_more")
    wanted = [
        "huebrush_releases",
        "huebrush_licence",
        "huebrush_shop_fetch",
        "huebrush_shop_refuse",
        "huebrush_shop_more",
        "huebrush_mirror",
        "huebrush_pull_source_path",
        "huebrush_pull_source_browse",
        "huebrush_models_folder_path",
        "huebrush_models_folder_browse",
    ]
    reached = tab_order("huebrush_shop_close")
    assert [name for name in reached if name in wanted] == wanted
    for name in wanted:
        shown = widget(name)
        assert shown.accessibleName(), name
    press("huebrush_shop_more", Key.Key_Space)
    assert not widget("huebrush_mirror").isVisible()
    press("huebrush_shop_close", Key.Key_Space)
    assert not shop.isVisible()
    focused = QtWidgets.QApplication.focusWidget()
    assert focused is not None and focused.objectName() == "huebrush_model"


def test_the_docker_is_no_wider_with_the_shop_open(shop, backend):
    panel = widget("huebrush_panel")
    click("huebrush_shop_more")
    opened = panel.minimumSizeHint().width()
    click("huebrush_shop_more")
    click("huebrush_shop_close")
    assert opened <= panel.minimumSizeHint().width()

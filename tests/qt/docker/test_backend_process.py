"""The backend that the plugin starts by itself: found, announced, failing, stopped; its log and the fault report."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Iterator

import pytest
from hands import banner, click, spin, wait_for, widget
from huebrush.backend.connection import LinkState
from huebrush.base.qt import BINDING, QtCore, QtWidgets
from huebrush.session import session
from huebrush_protocol.messages import PROTOCOL_VERSION, Hello, Welcome, failed
from huebrush_protocol.version import VERSION
from scripted_backend import MODELS

ANNOUNCE = """
import shutil, sys, time
folder = sys.argv[sys.argv.index("--runtime") + 1]
print("haunted", flush=True)
if {endpoint!r}:
    shutil.copy({endpoint!r}, folder + "/.fresh")
    shutil.move(folder + "/.fresh", folder + "/endpoint.json")
    time.sleep(600)
sys.exit(7)
"""


@pytest.fixture
def install(document, tmp_path) -> Iterator[object]:
    """Return a function that installs a backend which announces this endpoint file (empty: ends with status 7)."""
    note = session().store.folder / "installation.json"

    def write(endpoint: str) -> None:
        program = tmp_path / "backend.py"
        program.write_text(ANNOUNCE.format(endpoint=endpoint))
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps({"command": [sys.executable, str(program)], "version": "0"}))

    session().link.stop()
    spin()
    yield write
    session().link.stop()
    note.unlink(missing_ok=True)


def test_missing_backend(install):
    """Start says what to run, and dismissing the banner is enough to go on."""
    click("huebrush_backend_start")
    wait_for(lambda: banner() == ("backend_missing", ""), "the banner")
    assert widget("huebrush_backend_state").text() == "Backend not running"
    click("huebrush_banner_dismiss")
    assert banner() is None


def test_backend_is_started_greeted_and_stopped(install, backend):
    """Every state in its order, up to a process that is gone."""
    install(str(backend.endpoint))
    link = session().link
    click("huebrush_backend_start")
    assert link.state is LinkState.STARTING
    assert widget("huebrush_backend_state").text() == "Backend is starting…"
    wait_for(lambda: link.state is LinkState.GREETING, "the announcement")
    backend.greet()
    wait_for(lambda: link.is_ready, "the connection")
    assert link.backend_pid > 0
    stop = next(
        action for action in widget("huebrush_backend_more").menu().actions() if action.text().startswith("Stop")
    )
    stop.trigger()
    assert link.state is LinkState.OFF and link.backend_pid == 0
    assert widget("huebrush_backend_state").text().startswith("The backend is off")


def test_a_backend_of_another_version_is_welcome_while_the_protocol_is_the_same(install, backend):
    install(str(backend.endpoint))
    click("huebrush_backend_start")
    hello = backend.receive(Hello)
    assert hello.versions == (PROTOCOL_VERSION,) and hello.client_version == VERSION
    backend.send(Welcome(PROTOCOL_VERSION, "99.0.1", "", MODELS))
    wait_for(lambda: session().link.is_ready, "the connection")
    assert banner() is None


@pytest.mark.parametrize(("id", "side"), [("version.plugin_old", "plugin"), ("version.backend_old", "backend")])
def test_without_a_common_protocol_the_side_to_update_is_named(install, backend, id, side):
    install(str(backend.endpoint))
    click("huebrush_backend_start")
    backend.receive(Hello)
    backend.send(failed("", "version", id, backend="9.0", spoken="9", client="krita-plugin", offered="1"))
    wait_for(lambda: banner() is not None, "the banner")
    assert "protocol version 9" in widget("huebrush_banner_text").text()
    assert widget("huebrush_banner_advice").text().startswith(f"To update the {side}, ")


def test_failing_backend_leaves_its_log(install):
    """Its exit status is in the banner, whose button opens the log with what it printed."""
    install("")
    click("huebrush_backend_start")
    wait_for(lambda: banner() == ("backend_failed", "Show the log"), "the banner")
    assert "exit status 7" in widget("huebrush_banner_text").text()
    click("huebrush_banner_remedy")
    window = widget("huebrush_log_window")
    assert "haunted" in widget("huebrush_log_text").toPlainText()
    for button in window.findChildren(QtWidgets.QPushButton):
        button.click()
    assert not window.isVisible()


def test_how_a_backend_ended_is_told_in_german(install):
    """No English word stands in a German sentence."""
    install("")
    before = QtCore.QLocale()
    QtCore.QLocale.setDefault(QtCore.QLocale(QtCore.QLocale.Language.German))
    click("huebrush_backend_start")
    wait_for(lambda: (banner() or ("", ""))[0] == "backend_failed", "the banner")
    QtCore.QLocale.setDefault(before)
    assert widget("huebrush_banner_text").text() == "Das Backend konnte nicht starten (Rückgabewert 7)."


def test_program_that_cannot_run(install):
    """A command that the system refuses is told in the system's words."""
    note = session().store.folder / "installation.json"
    install("")
    program = note.with_name("refused")
    program.write_text("nothing")
    program.chmod(stat.S_IRUSR)
    note.write_text(json.dumps({"command": [str(program)]}))
    click("huebrush_backend_start")
    wait_for(lambda: banner() == ("backend_failed", "Show the log"), "the banner")


def test_fault_report_is_copied(install):
    """Versions, binding and state are on the clipboard."""
    click("huebrush_backend_fault_report")
    report = QtWidgets.QApplication.clipboard().text()
    assert "Krita stand-in" in report and BINDING in report
    assert banner() == ("fault_report_copied", "")


def test_device_is_remembered(install):
    """Another device restarts the backend with it."""
    install("")
    menus = [action.menu() for action in widget("huebrush_backend_more").menu().actions()]
    devices = next(menu for menu in menus if menu is not None)
    next(action for action in devices.actions() if action.data() == "cpu").trigger()
    assert session().store.plugin.device == "cpu" and session().link.device == "cpu"
    wait_for(lambda: session().link.state is LinkState.FAILED, "the end of the backend")
    next(action for action in devices.actions() if action.data() == "").trigger()
    assert session().link.device == ""

"""The plugin in a Krita where no backend was installed, or the wrong one."""

from __future__ import annotations

import json
import stat

LEAVES_TRACES = True
"""The plugin knows of a broken backend afterwards."""


def test_missing_backend_says_what_to_run(lonely_krita, page, picture):
    """Colorize names the missing backend and the command that installs it; nothing in the document has changed."""
    page(lonely_krita)
    before = lonely_krita.value("hands.pixel_hash()")
    lonely_krita.run("hands.click('huebrush_colorize')")
    said = lonely_krita.wait_for_banner("backend_missing")
    assert "install.py plugin" in said["advice"]
    picture(lonely_krita, "", "docker-no-backend")
    assert lonely_krita.value("hands.pixel_hash()") == before


def test_backend_that_cannot_start_shows_its_log(lonely_krita, tmp_path):
    """What a broken backend printed can be read in the log window."""
    program = lonely_krita.home / "broken"
    program.write_text("#!/bin/sh\necho this machine is haunted\nexit 7\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    note = lonely_krita.data / "huebrush" / "installation.json"
    note.write_text(json.dumps({"command": [str(program)], "version": "0", "data_folder": ""}))
    lonely_krita.run("hands.click('huebrush_backend_start')")
    said = lonely_krita.wait_for_banner("backend_failed")
    assert "exit status 7" in said["message"]
    lonely_krita.run("hands.click('huebrush_banner_remedy')")
    assert "this machine is haunted" in lonely_krita.value("hands.widget('huebrush_log_text').toPlainText()")


def test_fault_report_names_versions_but_not_the_user(lonely_krita):
    """Fault report: versions, state and log on the clipboard, without the home folder."""
    lonely_krita.run("hands.click('huebrush_backend_fault_report')")
    report = lonely_krita.value("hands.QtWidgets.QApplication.clipboard().text()")
    assert "Huebrush 0" in report and "Krita" in report and "haunted" in report
    assert str(lonely_krita.home) not in report

"""`huebrush doctor` tells what is right and what is not."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from huebrush_backend.cli import doctor
from huebrush_backend.cli.main import main
from huebrush_installer.checks import OK, PROBLEM, WARNING, Finding
from simulated_files import write

PINS = """# comment
alpha==1.2
beta==2.0 ; python_version >= '3.0'
beta==1.0 ; python_version < '3.0'
gamma==3.0 ; sys_platform == 'nowhere'
"""


@pytest.mark.parametrize(
    ("installed", "status", "words"),
    [
        ({"alpha": "1.2", "beta": "2.0"}, OK, "all 2 as pinned"),
        ({"alpha": "1.3", "beta": "2.0"}, WARNING, "alpha 1.3 (tested: ==1.2)"),
        ({"beta": "2.0"}, PROBLEM, "missing: alpha"),
    ],
)
def test_packages_against_their_pins(tmp_path: Path, installed: dict[str, str], status: str, words: str) -> None:
    finding = doctor.package_check(write(tmp_path / "runtime.txt", PINS), installed.get)
    assert finding.status == status
    assert words in finding.text
    assert bool(finding.remedy) == (status != OK)


def test_packages_against_what_a_wheel_asks_for() -> None:
    asked = ["alpha", "beta >= 2", "gamma ; sys_platform == 'nowhere'", "delta ; extra == 'dev'"]
    finding = doctor.wheel_check(asked, {"alpha": "1", "beta": "2.0"}.get)
    assert (finding.status, finding.remedy) == (OK, "")
    assert "all 2" in finding.text
    finding = doctor.wheel_check(asked, {"beta": "1.9"}.get)
    assert finding.status == PROBLEM
    assert finding.text == "missing: alpha, beta>=2"
    assert finding.remedy == f"Run: {sys.executable} -m pip install alpha 'beta>=2'"


def test_an_accelerator_that_lies_idle_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    if torch.cuda.is_available() or torch.backends.mps.is_available():
        pytest.skip("this machine has an accelerator in use")
    card = "570.10, 8.9, NVIDIA Test Card"
    monkeypatch.setattr(doctor, "output_of", lambda command: card if command[0] == "nvidia-smi" else None)
    finding = doctor.torch_check()
    assert finding.status == WARNING
    assert "NVIDIA Test Card" in finding.text
    assert "--compute cuda" in finding.remedy


@pytest.mark.parametrize(("status", "code"), [(OK, 0), (WARNING, 0), (PROBLEM, 1)])
def test_exit_status_and_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], status: str, code: int
) -> None:
    monkeypatch.setattr(doctor, "all_findings", lambda project: [Finding("Area", status, "text [x]", "do this")])
    assert main(["doctor", "--json"]) == code
    assert json.loads(capsys.readouterr().out) == {
        "findings": [{"area": "Area", "status": status, "text": "text [x]", "remedy": "do this"}]
    }
    assert main(["doctor"]) == code
    printed = capsys.readouterr().out
    assert "text [x]" in printed
    assert "do this" in printed
    assert ("ready" in printed) == (code == 0)

"""Say what is installed, what is wrong and what to do. It works before anything is installed. If the environment
exists, it runs `huebrush doctor`, which also checks PyTorch, the pinned packages and the models."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from huebrush_installer.checks import PROBLEM, environment_check, machine_checks
from huebrush_installer.context import Context
from huebrush_installer.environment import RUNTIME, Environment
from huebrush_installer.processes import run_for_status

SUMMARY = "say what is installed, what is wrong and what to do"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add this subcommand's options."""
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(arguments: argparse.Namespace, context: Context) -> int:
    """Print the findings; return 1 if something necessary is wrong, else 0."""
    environment = Environment(context.checkout.environment)
    if environment.is_ready(context.checkout, RUNTIME):
        command = [str(environment.python), "-m", "huebrush_backend.cli.main", "doctor"]
        return run_for_status([*command, *(["--json"] if arguments.json else [])])
    checkout = context.checkout
    findings = [environment_check(checkout), *machine_checks(checkout, context.surroundings)]
    if arguments.json:
        print(json.dumps({"findings": [asdict(finding) for finding in findings]}, indent=2))
    else:
        for finding in findings:
            say = {"ok": context.console.note, "warning": context.console.warning}.get(
                finding.status, context.console.problem
            )
            say(f"{finding.area}: {finding.text}")
            if finding.remedy:
                context.console.note(f"  {finding.remedy}")
    return 1 if any(finding.status == PROBLEM for finding in findings) else 0

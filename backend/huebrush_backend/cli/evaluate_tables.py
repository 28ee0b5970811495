"""Tables of `huebrush evaluate`. Everywhere ± is two standard errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from huebrush_backend.cli.number_format import MISSING, one_digit, percent, plus_minus

if TYPE_CHECKING:
    from rich.table import Table

_FLOORS = (
    ("chance: colours by lot", "chance"),
    ("without the reference", "no_reference"),
    ("copied by position", "copy_by_position"),
)
_LINES = ("recall", "precision")
_KIND_COLUMNS = ("reference", "part colour accuracy", "median ΔE", "invented colours", "line recall", "line precision")


def print_tables(report: dict[str, Any]) -> None:
    """Print the `report` of an evaluation."""
    from rich.console import Console

    console = Console()
    title = (
        f"{report['model']}: {report['pairs']} pairs of set {report['set']} {report['seed']}, {report['steps']} steps"
    )
    if report["part_colour_accuracy"] is not None:
        console.print(_summary(report, f"{title} (± two standard errors)"))
    if "guidance" not in report:
        console.print(_kinds(report, f"By reference: {title} (± two standard errors)"))
        _print_gap(console, report)
    for name, figures in report.get("guidance", {}).items():
        console.print(
            _kinds(figures, f"Guidance {name}, {one_digit(figures['cpu_seconds_a_picture'])} CPU s a picture")
        )
        _print_gap(console, figures)
        if "difference" in figures:
            console.print(_differences(figures["difference"], f"Guidance {name} less the first one"))
    if "against" in report:
        against = report["against"]
        console.print(_kinds(against, f"{against['model']} on the same pairs"))
        _print_gap(console, against)
        console.print(_differences(against["differences"], f"{report['model']} less {against['model']}"))
        console.print(_verdict(against["verdict"]))
    if "change" in report:
        change = report["change"]
        median, mean = (_change(change, name) for name in ("median_delta_e", "mean_delta_e"))
        console.print(
            f"Fast beside full: part colours change by a median ΔE of {median}, a mean of {mean} "
            f"({change['parts']} parts)"
        )
    if report["parts"]:
        console.print(_parts(report))
    if "edits" in report:
        console.print(_edits(report["edits"]))
    console.print(f"{report['device']}, {report['seconds']} s, weights {report['model_sha256'][:12]}")


def _table(title: str, *headings: str) -> Table:
    from rich.table import Table

    table = Table(title=title)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left")
    return table


def _summary(report: dict[str, Any], title: str) -> Table:
    table = _table(title, "", *_KIND_COLUMNS[1:3], *_KIND_COLUMNS[4:])
    for name, figures in (("model", report), *((name, report[key]) for name, key in _FLOORS)):
        lines, errors = figures["line_fidelity"] or {}, figures["standard_errors"] or {}
        table.add_row(
            name,
            percent(figures["part_colour_accuracy"]) + plus_minus(figures["standard_error"], 100),
            one_digit(figures["median_delta_e"]) + plus_minus(errors.get("median_delta_e")),
            *(percent(lines.get(key)) + plus_minus(errors.get(f"line_{key}"), 100) for key in _LINES),
        )
    ceiling, errors = (report["line_fidelity"][key] for key in ("ceiling", "ceiling_standard_errors"))
    table.add_row("right answer", "", "", *(percent(ceiling[key]) + plus_minus(errors[key], 100) for key in _LINES))
    return table


def _change(change: dict[str, Any], name: str) -> str:
    value, error = change[name], change["standard_errors"][name]
    return MISSING if value is None else f"{value:.2f}{plus_minus(error, digits=2)}"


def _kinds(report: dict[str, Any], title: str) -> Table:
    table = _table(title, *_KIND_COLUMNS)
    for kind, figures in report["references"].items():
        errors = figures["standard_errors"]
        table.add_row(
            kind,
            percent(figures["part_colour_accuracy"]) + plus_minus(figures["standard_error"], 100),
            one_digit(figures["median_delta_e"]) + plus_minus(errors["median_delta_e"], 1),
            *(
                percent(figures[name]) + plus_minus(errors[name], 100)
                for name in ("invented", "line_recall", "line_precision")
            ),
        )
    return table


def _print_gap(console: Any, report: dict[str, Any]) -> None:
    if report["distribution_gap"] is not None:
        error = plus_minus(report["distribution_gap_standard_error"], 100)
        console.print(f"Distribution gap (aligned − cross): {percent(report['distribution_gap'])}{error}")
    if report["entanglement"] is not None:
        error = plus_minus(report["entanglement_standard_error"], 1)
        errors = report["moved_delta_e_standard_errors"]
        moved = ", ".join(
            f"{kind} {one_digit(value)}{plus_minus(errors[kind])}" for kind, value in report["moved_delta_e"].items()
        )
        console.print(f"Entanglement: ΔE {one_digit(report['entanglement'])}{error} (parts change by: {moved})")


def _differences(differences: dict[str, Any], title: str) -> Table:
    table = _table(title, "column", "difference", "± two standard errors", "")
    for column, found in differences.items():
        in_percent = not column.endswith(("median_delta_e", "entanglement"))
        factor, unit = (100, " points") if in_percent else (1, "")
        table.add_row(
            column,
            _signed(found["difference"], factor) + unit,
            _signed(found["standard_error"], 2 * factor).lstrip("+") + unit,
            "" if found["verdict"] == "same" else found["verdict"],
        )
    return table


def _verdict(verdict: dict[str, Any]) -> str:
    kinds = ", ".join(verdict["judged"])
    if verdict["publish"] is None:
        return f"Verdict: unknown; it needs two pairs or more and the references {kinds}"
    mean = verdict["mean_part_colour_accuracy"]
    error = plus_minus(mean["standard_error"], 100)
    worse = ", ".join(verdict["worse"]) or "none"
    answer = "better: publish it" if verdict["publish"] else "not better: do not publish it"
    return f"Verdict: {answer}\n  mean of {kinds}: {_signed(mean['difference'], 100)}{error} points\n  worse: {worse}"


def _parts(report: dict[str, Any]) -> Table:
    table = _table("By part (± two standard errors)", "part", "accuracy", "median ΔE", "count")
    for part, figures in report["parts"].items():
        mark = " (not in the headline)" if part in report["left_out"] else ""
        table.add_row(
            part + mark,
            percent(figures["accuracy"]) + plus_minus(figures["standard_error"], 100),
            one_digit(figures["median_delta_e"]) + plus_minus(figures["standard_errors"]["median_delta_e"]),
            str(figures["count"]),
        )
    return table


def _edits(edits: dict[str, Any]) -> Table:
    title = f"Edits by text on {edits['pages']} pages (± two standard errors)"
    table = _table(title, "edits", "count", "reached", "by the model", "locality")
    rows = {
        "local, brushed": edits["local"]["brushed"],
        "local, where the reference fits the words": edits["local"]["automatic"],
        "global": edits["global"],
    }
    for name, figures in rows.items():
        errors = figures["standard_errors"]
        shares = (
            percent(figures[key]) + plus_minus(errors[key], 100) for key in ("reached", "reached_by_model", "locality")
        )
        table.add_row(name, str(figures["edits"]), *shares)
    return table


def _signed(value: float | None, factor: float) -> str:
    return "–" if value is None else f"{factor * value:+.1f}"

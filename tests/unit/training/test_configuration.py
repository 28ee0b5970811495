"""The configuration of a training run: file, command line, and what is refused."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import get_args

import pytest
from huebrush_backend.cli.train_options import add_configuration_options, changed
from huebrush_backend.training.configuration import (
    Configuration,
    ConfigurationError,
    leaves,
    read_configuration,
    values_of,
    with_values,
    write_configuration,
)


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_configuration_options(parser)
    return parser.parse_args(words)


def test_every_value_has_an_option_of_its_own_and_a_meaning() -> None:
    flags = Counter(leaf.flag for leaf in leaves())
    assert [flag for flag, count in flags.items() if count > 1] == []
    assert [leaf.path for leaf in leaves() if not leaf.meaning] == []


def test_the_written_file_reads_back_as_the_same_configuration(tmp_path: Path) -> None:
    words = (
        "--seed",
        "7",
        "--widths",
        "32,64,96,96",
        "--minutes",
        "1.5",
        "--no-ema",
        "--stage",
        "unet",
        "--size",
        "128",
    )
    configuration = changed(Configuration(), parse(*words))
    assert (configuration.run.seed, configuration.run.minutes, configuration.network.widths) == (
        7,
        1.5,
        (32, 64, 96, 96),
    )
    assert (configuration.optimization.ema, configuration.data.size) == (False, 128)
    write_configuration(configuration, tmp_path / "run.json")
    assert read_configuration(tmp_path / "run.json") == configuration


def test_the_command_line_changes_only_what_it_names() -> None:
    of_file = with_values(Configuration(), {("run", "steps"): 9, ("strategies", "reference_drop"): 0.5})
    configuration = changed(of_file, parse("--steps", "none"))
    assert configuration == with_values(of_file, {("run", "steps"): None})


def test_every_default_can_be_said_on_the_command_line() -> None:
    for leaf in leaves():
        if isinstance(leaf.default, bool):
            words = [leaf.flag if leaf.default else leaf.flag.replace("--", "--no-", 1)]
        else:
            value = leaf.default
            words = [leaf.flag, ",".join(map(str, value)) if isinstance(value, tuple) else str(value).lower()]
        assert changed(Configuration(), parse(*words)) == Configuration(), leaf.flag


OUTSIDE = {
    "seed": ("-1", "4294967296"),
    "steps": ("-1", "1000000001"),
    "minutes": ("nan", "inf", "-1", "1e400"),
    "threads": ("0", "99999999999"),
    "producers": ("-1", "99999999999"),
    "drawings": ("0", "99999999999"),
    "reuse": ("0",),
    "rich": ("nan", "1.1"),
    "pictures-share": ("nan", "-0.1"),
    "stem-widths": ("0,0,0,0", "8,16,48,-96", "8,16,48"),
    "widths": ("0,0,0,0", "16,16,16"),
    "layers": ("0",),
    "batch": ("0",),
    "learning-rate": ("nan", "inf", "0", "-1", "2"),
    "warmup": ("-1",),
    "decay": ("nan", "inf", "-1", "1.5"),
    "weight-decay": ("nan", "inf", "-1"),
    "gradient-norm": ("nan", "inf", "0", "-1"),
    "ema-decay": ("nan", "inf", "-1", "2"),
    "checkpoint-minutes": ("nan", "inf", "-1"),
    "checkpoint-steps": ("-1",),
    "sheet-steps": ("-1",),
    "report-seconds": ("nan", "inf", "-1"),
    "spline-sigma": ("nan", "inf", "-1"),
    "rotation": ("nan", "inf", "-1"),
    "scale-least": ("nan", "0", "2"),
    "scale-most": ("nan", "inf", "0.5"),
    "stretch": ("nan", "1"),
    "shift": ("nan", "inf", "-1"),
    "patch-shuffle-least": ("0", "3", "64"),
    "patch-shuffle-most": ("0", "24", "1"),
    "reference-drop-end": ("nan", "2"),
    "reference-drop-step": ("nan", "inf", "-1"),
    "point-pairs": ("-1", "99999999999"),
    "timestep-power": ("nan", "inf", "0"),
    "min-snr-gamma": ("nan", "inf", "-1"),
    "offset-noise": ("nan", "inf", "-1"),
    "part-naming-weight": ("nan", "inf", "-1"),
    "attention-weight": ("nan", "inf", "-1"),
    "dual-weight": ("nan", "inf", "-1"),
    "gram-weight": ("nan", "inf", "-1"),
    "gram-blocks": ("nothing.",),
}


@pytest.mark.parametrize(("option", "value"), [(option, value) for option in OUTSIDE for value in OUTSIDE[option]])
def test_values_out_of_range_are_refused_by_the_option(option: str, value: str) -> None:
    arguments = parse(f"--{option}={value}")
    with pytest.raises(ConfigurationError, match=option.replace("-", "[-_]")):
        changed(Configuration(), arguments)


@pytest.mark.parametrize("option", [leaf.flag for leaf in leaves() if float in (leaf.kind, *get_args(leaf.kind))])
@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_no_value_may_be_infinite_or_no_number(option: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{option} must be"):
        changed(Configuration(), parse(f"{option}={value}"))


@pytest.mark.parametrize(
    "option",
    [
        *("seed", "steps", "minutes", "producers", "decay", "warmup", "weight-decay", "ema-decay"),
        *("checkpoint-minutes", "checkpoint-steps", "sheet-steps", "report-seconds", "rich", "shift", "gram-weight"),
    ],
)
def test_zero_is_a_value_where_it_means_something(option: str) -> None:
    changed(Configuration(), parse(f"--{option}", "0"))


@pytest.mark.parametrize(("size", "most", "fits"), [("64", "64", True), ("64", "128", False), ("256", "256", True)])
def test_patches_must_divide_the_picture(size: str, most: str, fits: bool) -> None:
    arguments = parse("--size", size, "--patch-shuffle-most", most, "--patch-shuffle-share", "0.5")
    with nullcontext() if fits else pytest.raises(ConfigurationError, match=f"must divide --size, {size}"):
        changed(Configuration(), arguments)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"data": {"drawing": 3}}', "Data has no drawing"),
        ('{"run": {"seed": "x"}}', "is not a configuration"),
        ('{"run": {"seed": 1.5}}', "whole number"),
        ('{"run": {"seed": 1e400}}', "inf is not a whole number"),
        ('{"run": {"seed": NaN}}', "nan is not a whole number"),
        ('{"run": {"seed": true}}', "True is not a whole number"),
        ('{"run": {"steps": 1e400}}', "is not a configuration"),
        ('{"run": {"steps": ' + "9" * 400 + "}}", "is not a configuration"),
        ('{"run": {"minutes": "nan"}}', "is not a configuration"),
        ('{"run": {"minutes": NaN}}', "--minutes must be within 0 to 1000000"),
        ('{"optimization": {"decay": 1e400}}', "--decay must be within 0 to 1"),
        ('{"optimization": {"decay": "0.5"}}', "'0.5' is not a number"),
        ('{"optimization": {"decay": ' + "9" * 400 + "}}", "is not a configuration"),
        ('{"data": {"pictures": "fluent"}}', r"'fluent' is not a list; a list such as \["),
        ('{"network": {"widths": 64}}', r"64 is not a list; a list such as \[64\]"),
        ("[" * 100_000, "is not a configuration"),
        ('{"optimization": {"ema": 1}}', "true or false"),
        ('{"run": {"precision": "float8"}}', "is not a configuration"),
        ('{"optimization": {"batch": 6, "accumulation": 4}}', "multiple"),
        ('{"strategies": {"reference_drop": 2}}', "within 0 to 1"),
        ("[]", "is not a configuration"),
        ("no JSON", "is not a configuration"),
    ],
)
def test_a_wrong_file_is_refused_with_the_reason(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "wrong.json"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=said):
        read_configuration(file)


def test_numbers_and_lists_of_a_file_are_read_exactly(tmp_path: Path) -> None:
    file = tmp_path / "good.json"
    text = '{"run": {"seed": 3.0, "minutes": 5}, "data": {"pictures": ["fluent", "noto"]}, "network": {"layers": 2}}'
    file.write_text(text, "utf-8")
    configuration = read_configuration(file)
    assert (configuration.run.seed, configuration.run.minutes) == (3, 5.0)
    assert configuration.data.pictures == ("fluent", "noto")


def test_plain_values_are_what_json_can_hold() -> None:
    assert json.loads(json.dumps(values_of(Configuration())))["run"]["seed"] == 0

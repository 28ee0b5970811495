"""The configuration of a training run: file, command line, and what is refused."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"data": {"drawing": 3}}', "Data has no drawing"),
        ('{"run": {"seed": "x"}}', "is not a configuration"),
        ('{"run": {"seed": 1.5}}', "whole number"),
        ('{"optimization": {"ema": 1}}', "true or false"),
        ('{"run": {"precision": "float8"}}', "is not a configuration"),
        ('{"optimization": {"batch": 6, "accumulation": 4}}', "multiple"),
        ('{"strategies": {"reference_drop": 2}}', "between 0 and 1"),
        ("[]", "is not a configuration"),
        ("no JSON", "is not a configuration"),
    ],
)
def test_a_wrong_file_is_refused_with_the_reason(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "wrong.json"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=said):
        read_configuration(file)


def test_plain_values_are_what_json_can_hold() -> None:
    assert json.loads(json.dumps(values_of(Configuration())))["run"]["seed"] == 0

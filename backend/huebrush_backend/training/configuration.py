"""The configuration of a training run: a file that decides everything about it, and so is its record.

Imports no torch, so that `huebrush train --help` stays quick.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import cattrs
from cattrs.errors import CattrsError, ForbiddenExtraKeysError

from huebrush_backend.training import ranges
from huebrush_backend.training.ranges import ConfigurationError, check_ranges
from huebrush_backend.training.strategies.options import Strategies

StageName = Literal["clip", "vae", "unet", "decoder"]
Precision = Literal["auto", "float32", "bfloat16"]
AnyConfiguration = TypeVar("AnyConfiguration")
STAGE_SHARES: dict[StageName, float] = {"clip": 0.12, "vae": 0.12, "unet": 0.7, "decoder": 0.06}
"""Share of the time for each stage when all are trained, in order."""


@dataclass(frozen=True)
class Run:
    """Subject of a run: the stage, how long, and on which device.

    * `stage`: what to train; all: one after the other, the time divided between them
    * `seed`: decides all random choices: the data and their order, new weights, noise
    * `steps`: end after this many steps, counted over all continuations
    * `minutes`: end after this time of training; 60 if --steps is not given either
    * `precision`: precision of the networks' products; auto: bfloat16 where the device computes with it
    * `device`: auto or cpu
    * `threads`: CPU threads of the training process
    * `producers`: processes that make samples for CLIP and UNet beside the training; the samples do not depend on it
    """

    stage: Literal["clip", "vae", "unet", "decoder", "all"] = "all"
    seed: int = 0
    steps: int | None = None
    minutes: float | None = None
    precision: Precision = "auto"
    device: str = "auto"
    threads: int = 1
    producers: int = 1


@dataclass(frozen=True)
class Data:
    """The pictures to learn from.

    * `drawings`: number of drawings to learn from
    * `rich`: share of them that are rich drawings, such as animals and rooms; above 0 all part classes are learned
    * `palettes`: number of palettes for the drawings
    * `size`: picture side in the UNet stage, in pixels
    * `chunk`: number of samples of the UNet stage that are made together
    * `pool`: number of newest chunks that batches are drawn from
    * `first_chunks`: number of chunks at the beginning whose samples are used once, not --reuse times
    * `reuse`: how often a sample is used before a new one comes
    * `pictures`: sets from `huebrush drawings fetch`, and folders of pictures or SVG drawings
    * `pictures_share`: share of the samples that are made of them, 0 to 1
    * `svg_parts`: how SVG drawings tell parts apart: by colour of their fills, layer or id
    * `svg_lines`: where lines of SVG drawings come from
    """

    drawings: int = 12000
    rich: float = 0.0
    palettes: int = 8192
    size: Literal[64, 128, 256] = 256
    chunk: int = 256
    pool: int = 64
    first_chunks: int = 16
    reuse: int = 4
    pictures: tuple[str, ...] = ()
    pictures_share: float = 0.5
    svg_parts: Literal["auto", "fill", "layer", "id"] = "auto"
    svg_lines: Literal["auto", "strokes", "borders"] = "auto"


@dataclass(frozen=True)
class Network:
    """Widths and depths of new networks. Networks that start from weights keep their own.

    * `widths`: channels of the UNet's four blocks, multiples of 16
    * `stem_widths`: channels of the sketch encoder's stem
    * `layers`: layers in each of the UNet's blocks
    * `head_width`: channels that one head of the UNet's attention may have at most
    * `token_grid`: tokens of the reference a side
    * `token_size`: length of a token, and width of CLIP's vision tower
    * `vision_layers`: blocks of CLIP's vision tower
    * `text_width`: width of CLIP's text tower
    * `text_layers`: blocks of CLIP's text tower
    * `vae_widths`: channels of the VAE's four blocks, multiples of 8
    * `latent_channels`: channels of the latents
    """

    widths: tuple[int, ...] = (64, 128, 192, 192)
    stem_widths: tuple[int, ...] = (8, 16, 48, 96)
    layers: int = 1
    head_width: int = 64
    token_grid: int = 24
    token_size: int = 192
    vision_layers: int = 4
    text_width: int = 128
    text_layers: int = 3
    vae_widths: tuple[int, ...] = (16, 32, 64, 96)
    latent_channels: int = 8


MULTIPLES = {"widths": 16, "vae_widths": 8, "token_size": 32, "text_width": 32}
"""Numbers of channels, each with the number that they must be multiples of: of groups and of heads."""
RANGES = {
    "run": ranges.RUN,
    "data": ranges.DATA,
    "network": ranges.NETWORK,
    "optimization": ranges.OPTIMIZATION,
    "output": ranges.OUTPUT,
}
"""Ranges of the numbers in each section; those of the strategies check theirs."""


@dataclass(frozen=True)
class Optimization:
    """Steps of the optimizer: how the weights are changed.

    * `batch`: pictures a step, over all processes and parts together
    * `accumulation`: parts in which each process computes a step, one after the other: less memory, same step
    * `gradient_checkpointing`: compute the UNet's layers twice instead of keeping them: less memory
    * `learning_rate`: highest learning rate
    * `warmup`: steps in which the learning rate rises
    * `decay`: share of the steps or time, at the end, in which the learning rate falls to 0
    * `weight_decay`: weight decay of AdamW
    * `gradient_norm`: longer gradients are shortened to this norm
    * `ema`: export an average of the weights over the steps
    * `ema_decay`: decay of this average, 0 to 1
    """

    batch: int = 32
    accumulation: int = 1
    gradient_checkpointing: bool = False
    learning_rate: float = 5e-4
    warmup: int = 100
    decay: float = 0.3
    weight_decay: float = 0.01
    gradient_norm: float = 1.0
    ema: bool = True
    ema_decay: float = 0.998


@dataclass(frozen=True)
class Output:
    """Files that are written beside the weights.

    * `checkpoint_minutes`: save the state so often
    * `checkpoint_steps`: save the state also every so many steps; 0: only by time
    * `sheet_steps`: draw a sample sheet every so many steps, and at the end; 0: only at the end
    * `report_seconds`: write the means of losses to the log so often
    * `tensorboard`: also write logs and sample sheets for TensorBoard
    """

    checkpoint_minutes: float = 2.0
    checkpoint_steps: int = 0
    sheet_steps: int = 500
    report_seconds: float = 20.0
    tensorboard: bool = False


@dataclass(frozen=True)
class Record:
    """Facts that a run adds to its configuration when it starts. They are not chosen on the command line.

    * `starting_weights`: SHA-256 of the weights the run started from; "" for new ones
    * `versions`: of the project, Python and the libraries that compute
    * `changes`: what was different after the run had been continued, and from which step on
    """

    starting_weights: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Configuration:
    """Everything that decides a training run."""

    run: Run = field(default_factory=Run)
    data: Data = field(default_factory=Data)
    network: Network = field(default_factory=Network)
    optimization: Optimization = field(default_factory=Optimization)
    strategies: Strategies = field(default_factory=Strategies)
    output: Output = field(default_factory=Output)
    record: Record = field(default_factory=Record)

    def __post_init__(self) -> None:
        check_ranges(self, RANGES)
        for name, width in MULTIPLES.items():
            values = getattr(self.network, name)
            values = values if isinstance(values, tuple) else (values,)
            if any(value < width or value % width for value in values):
                raise ConfigurationError(f"network.{name} is {values}; it must be made of multiples of {width}")
        for name in ("widths", "stem_widths", "vae_widths"):
            if len(getattr(self.network, name)) != 4:
                raise ConfigurationError(f"network.{name} is {getattr(self.network, name)}; it must be four numbers")
        if self.optimization.batch % self.optimization.accumulation:
            raise ConfigurationError(
                f"optimization.batch is {self.optimization.batch}; it must be a multiple of optimization.accumulation, "
                f"{self.optimization.accumulation}"
            )
        check_patches(self.strategies, self.data.size)
        if self.strategies.needs_another_sample and self.optimization.batch < 2 * self.optimization.accumulation:
            raise ConfigurationError(
                "strategies.gram_weight and strategies.dual_reference take the reference of another sample: "
                "optimization.batch must be at least twice optimization.accumulation"
            )


def check_patches(strategies: Strategies, size: int) -> None:
    """Raise ConfigurationError when pictures `size` pixels wide cannot be cut into the patches of `strategies`."""
    if strategies.patch_shuffle_share and size % strategies.patch_shuffle_most:
        raise ConfigurationError(
            f"strategies.patch_shuffle_most is {strategies.patch_shuffle_most}; --patch-shuffle-most must divide "
            f"--size, {size}"
        )


@dataclass(frozen=True)
class Leaf:
    """A value of the configuration.

    * `path`: names of the sections, then of the field
    * `kind`: its type
    * `default`: its value in a new configuration
    * `meaning`: what `--help` says of it
    """

    path: tuple[str, ...]
    kind: Any
    default: Any
    meaning: str

    @property
    def flag(self) -> str:
        """The option on the command line: the path without its first section."""
        return "--" + "-".join(self.path[1:]).replace("_", "-")


def leaves(section: Any = None, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Yield each value of `section` (by default a new `Configuration`) that the command line may set."""
    section = Configuration() if section is None else section
    kinds, meanings = get_type_hints(type(section)), field_meanings(type(section))
    for entry in fields(section):
        value, place = getattr(section, entry.name), (*path, entry.name)
        if isinstance(value, Record):
            continue
        if is_dataclass(value):
            yield from leaves(value, place)
        else:
            yield Leaf(place, kinds[entry.name], value, meanings.get(entry.name, ""))


def field_meanings(section: type) -> dict[str, str]:
    """Return the meaning of each field by the docstring of the dataclass `section`: "`name`: meaning"."""
    text = inspect.cleandoc(section.__doc__ or "")
    found = re.findall(r"^(?:\* )?((?:`\w+`, )*`\w+`): (.+?)(?=\n(?:\* )?`|\n\n|\Z)", text, re.MULTILINE | re.DOTALL)
    return {
        name: " ".join(meaning.split()).rstrip(".") for names, meaning in found for name in re.findall(r"\w+", names)
    }


def with_values(section: Any, values: Mapping[tuple[str, ...], Any]) -> Any:
    """Return `section`, a dataclass, with the value at each path in `values` replaced."""
    changes: dict[str, Any] = {}
    deeper: dict[str, dict[tuple[str, ...], Any]] = {}
    for (name, *rest), value in values.items():
        if rest:
            deeper.setdefault(name, {})[tuple(rest)] = value
        else:
            changes[name] = value
    for name, inner in deeper.items():
        changes[name] = with_values(getattr(section, name), inner)
    return replace(section, **changes)


_CONVERTER = cattrs.Converter(forbid_extra_keys=True, detailed_validation=False)


def _exact_bool(value: Any, _: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is not true or false")
    return value


def _exact_int(value: Any, _: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not float(value).is_integer():
        raise ValueError(f"{value!r} is not a whole number")
    return int(value)


def _exact_float(value: Any, _: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{value!r} is not a number")
    return float(value)


def _exact_list(value: Any, kind: Any) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"{value!r} is not a list; a list such as [{json.dumps(value)}] is needed")
    return tuple(_CONVERTER.structure(entry, get_args(kind)[0]) for entry in value)


_CONVERTER.register_structure_hook(bool, _exact_bool)
_CONVERTER.register_structure_hook(int, _exact_int)
_CONVERTER.register_structure_hook(float, _exact_float)
_CONVERTER.register_structure_hook_func(lambda kind: get_origin(kind) is tuple, _exact_list)


def read_configuration(file: Path) -> Configuration:
    """Read a configuration; values that the file leaves out have their defaults.

    Raises ConfigurationError for a file that cannot be read, unknown names and impossible values.
    """
    return read_as(Configuration, file)


def read_as(kind: type[AnyConfiguration], file: Path) -> AnyConfiguration:
    """Read a configuration of another `kind`, a dataclass; the rest is as in `read_configuration`."""
    try:
        return _CONVERTER.structure(json.loads(file.read_text("utf-8")), kind)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from error
    except ForbiddenExtraKeysError as error:
        names = ", ".join(sorted(error.extra_fields))
        raise ConfigurationError(f"{file}: the section {error.cl.__name__} has no {names}") from error
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError, CattrsError) as error:
        raise ConfigurationError(f"{file} is not a configuration: {error}") from error


def write_configuration(configuration: Any, file: Path) -> None:
    """Write `configuration` as JSON that people can read and change."""
    text = json.dumps(_CONVERTER.unstructure(configuration), indent=2)
    partial = file.with_name(file.name + ".partial")
    partial.write_text(text + "\n", "utf-8")
    partial.replace(file)


def values_of(section: Any) -> dict[str, Any]:
    """Return a configuration or a section of it as plain values, as in its file."""
    return _CONVERTER.unstructure(section)


def flat_values(configuration: Any) -> dict[str, Any]:
    """Return the values of `configuration` by their paths, such as "run.seed"."""
    flat: dict[str, Any] = {}

    def add(values: dict[str, Any], prefix: str) -> None:
        for name, value in values.items():
            if isinstance(value, dict):
                add(value, f"{prefix}{name}.")
            else:
                flat[prefix + name] = value

    add(values_of(configuration), "")
    return flat

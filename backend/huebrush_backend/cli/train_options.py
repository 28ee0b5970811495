"""Options of `huebrush train`: one for each value of the configuration, made from its dataclasses."""

from __future__ import annotations

import argparse
import types
from collections.abc import Callable, Collection
from typing import Any, Literal, Union, get_args, get_origin

from huebrush_backend.training.configuration import (
    AnyConfiguration,
    ConfigurationError,
    Leaf,
    leaves,
    with_values,
)


def add_configuration_options(
    parser: argparse.ArgumentParser, configuration: Any = None, left_out: Collection[tuple[str, ...]] = ()
) -> None:
    """Add an option for each value of `configuration` (by default a new one), in a group for each section.

    `left_out`: paths of values without an option.
    """
    groups: dict[str, Any] = {}
    for leaf in leaves(configuration):
        if leaf.path in left_out:
            continue
        section = leaf.path[0]
        if section not in groups:
            groups[section] = parser.add_argument_group(section)
        _add(groups[section], leaf)


def changed(configuration: AnyConfiguration, arguments: argparse.Namespace) -> AnyConfiguration:
    """Return `configuration` with the values that the command line gives.

    Raises ConfigurationError for impossible values.
    """
    given = vars(arguments)
    values = {leaf.path: given[_place(leaf)] for leaf in leaves(configuration) if _place(leaf) in given}
    try:
        return with_values(configuration, values)
    except ConfigurationError:
        raise
    except ValueError as error:
        raise ConfigurationError(str(error)) from error


def _place(leaf: Leaf) -> str:
    """Return the name of the value in argparse's namespace."""
    return ".".join(leaf.path)


def _add(group: Any, leaf: Leaf) -> None:
    # Without a default in argparse, only what the user gives replaces what the file says.
    options: dict[str, Any] = {"dest": _place(leaf), "default": argparse.SUPPRESS}
    shown = "none" if leaf.default is None else _written(leaf.default)
    text = f"{leaf.meaning} (default: {shown})".replace("%", "%%")
    kind, optional = _without_none(leaf.kind)
    if kind is bool:
        group.add_argument(leaf.flag, action=argparse.BooleanOptionalAction, help=text, **options)
    elif get_origin(kind) is Literal:
        choices = get_args(kind)
        group.add_argument(leaf.flag, type=type(choices[0]), choices=choices, help=text, **options)
    else:
        metavar = {int: "N", float: "X", str: "WORD"}.get(kind, "N,N")
        group.add_argument(leaf.flag, type=_parser(kind, optional), metavar=metavar, help=text, **options)


def _parser(kind: Any, optional: bool) -> Callable[[str], Any]:
    """Return the argparse type of values of `kind`; "none" is None where the value is `optional`."""

    def value(text: str) -> Any:
        if optional and text == "none":
            return None
        if get_origin(kind) is tuple:
            inner = get_args(kind)[0]
            return tuple(inner(word) for word in text.split(",") if word.strip())
        return kind(text)

    return value


def _without_none(kind: Any) -> tuple[Any, bool]:
    """Return the type without its None, and whether it had one."""
    if get_origin(kind) in (Union, types.UnionType):
        rest = [inner for inner in get_args(kind) if inner is not type(None)]
        if len(rest) == 1:
            return rest[0], True
    return kind, False


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(str(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)

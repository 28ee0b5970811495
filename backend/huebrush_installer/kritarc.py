"""Switches a plugin on and off in Krita's settings file, without changing any other byte."""

from __future__ import annotations

import re

GROUP = "python"


def plugin_setting(content: bytes, plugin: str) -> str | None:
    """Return the value of the plugin's switch in `content` ("true" or "false"), or None if there is none."""
    lines = content.splitlines(keepends=True)
    for number in _group_lines(lines):
        if _key(lines[number]) == f"enable_{plugin}".encode():
            return lines[number].partition(b"=")[2].strip().decode("utf-8", "replace")
    return None


def set_plugin(content: bytes, plugin: str, value: str | None) -> bytes:
    """Return `content` with the plugin's switch set to `value`, or removed if `value` is None.

    If this leaves the [python] group empty, the group and the blank line before it are removed too.
    """
    newline = b"\r\n" if b"\r\n" in content else b"\n"
    lines = content.splitlines(keepends=True)
    group = _group_lines(lines)
    key = f"enable_{plugin}".encode()
    existing = [number for number in group if _key(lines[number]) == key]
    if value is None:
        kept = [line for number, line in enumerate(lines) if number not in existing]
        return b"".join(_without_empty_group(kept) if existing else kept)
    entry = key + b"=" + value.encode() + newline
    if existing:
        lines[existing[0]] = entry
        return b"".join(line for number, line in enumerate(lines) if number not in existing[1:])
    if lines and not lines[-1].endswith((b"\n", b"\r")):
        lines[-1] += newline
    header = _header_line(lines)
    if header is None:
        separator = [newline] if lines else []
        return b"".join([*lines, *separator, f"[{GROUP}]".encode() + newline, entry])
    filled = [number for number in group if lines[number].strip()]
    lines.insert((filled[-1] if filled else header) + 1, entry)
    return b"".join(lines)


def _key(line: bytes) -> bytes:
    return line.partition(b"=")[0].strip()


def _header_line(lines: list[bytes]) -> int | None:
    wanted = re.compile(rb"^\s*\[" + GROUP.encode() + rb"\]\s*$")
    return next((number for number, line in enumerate(lines) if wanted.match(line)), None)


def _group_lines(lines: list[bytes]) -> list[int]:
    """Return the numbers of the lines in the [python] group, without its header."""
    header = _header_line(lines)
    if header is None:
        return []
    end = next((n for n in range(header + 1, len(lines)) if lines[n].lstrip().startswith(b"[")), len(lines))
    return list(range(header + 1, end))


def _without_empty_group(lines: list[bytes]) -> list[bytes]:
    header = _header_line(lines)
    group = _group_lines(lines)
    if header is None or any(lines[number].strip() for number in group):
        return lines
    first = header - 1 if header > 0 and not lines[header - 1].strip() else header
    return lines[:first] + lines[header + 1 :]

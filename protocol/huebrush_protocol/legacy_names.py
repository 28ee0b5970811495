"""Names stored in the code page of the computer that wrote them, as old programs do: read as the likeliest one.

The bytes do not say which code page it is. What single-byte code pages and the East Asian ones look like differs enough
for names of a few letters; for the rest, all readings are kept, so that a name is found however it is typed.
"""

from __future__ import annotations

import locale
import re
import unicodedata

ENCODINGS = ("utf-8", "cp932", "gb18030", "cp949", "big5", "cp1251", "cp1252", "mac_roman")
"""Code pages that names are read in."""
_KATAKANA_OF_ONE_BYTE = range(0xFF61, 0xFFA0)
_CUT_OFF = 31
"""Length of the shortest name, in bytes, that a program may have cut off."""


def readings(data: bytes) -> tuple[str, ...]:
    """Return every way to read the bytes of a name, the likeliest first; at least one."""
    if data.isascii():
        return (data.decode("ascii"),)
    found = {encoding: text for encoding in (*_own(), *ENCODINGS) if (text := _decode(data, encoding)) is not None}
    return tuple(dict.fromkeys((_likeliest(data, found), *found.values())))


def _own() -> tuple[str, ...]:
    """Return the code page of this computer if it is one of those with several bytes for a letter."""
    name = locale.getpreferredencoding(False).lower().replace("-", "").replace("_", "")
    return (name,) if name in ("cp932", "cp936", "gbk", "cp949", "cp950", "big5", "euckr", "eucjp") else ()


def _decode(data: bytes, encoding: str) -> str | None:
    """Return the name in this code page, None if it cannot be one there."""
    # A long name may be cut off within its last letter.
    for part in (data, data[:-1]) if len(data) >= _CUT_OFF else (data,):
        try:
            text = part.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        if all(unicodedata.category(letter) not in ("Cc", "Cn", "Co") for letter in text):
            return text
    return None


def _likeliest(data: bytes, found: dict[str, str]) -> str:
    if "utf-8" in found:
        return found["utf-8"]
    if _is_western(data):
        # Windows has letters from 0xA0 on, a Mac below that.
        mac = any(0x80 <= byte < 0xA0 for byte in data)
        return _first(found, ("mac_roman", "cp1252") if mac else ("cp1252", "mac_roman"), data)
    for name in _own():
        if name in found:
            return found[name]
    japanese, korean, cyrillic = (found.get(name, "") for name in ("cp932", "cp949", "cp1251"))
    if japanese and not any(ord(letter) in _KATAKANA_OF_ONE_BYTE for letter in japanese):
        return japanese
    if korean and all("\uac00" <= letter <= "\ud7a3" for letter in korean if letter > "\x7f"):
        return korean
    if cyrillic and _is_cyrillic(cyrillic):
        return cyrillic
    if japanese and "gb18030" not in found:
        return japanese
    return _first(found, ("gb18030", "big5", "cp949", "cp1252", "cp1251", "mac_roman"), data)


def _first(found: dict[str, str], order: tuple[str, ...], data: bytes) -> str:
    return next((found[name] for name in order if name in found), data.decode("latin-1"))


def _is_western(data: bytes) -> bool:
    """Return whether letters beyond ASCII stand alone between small ones, as accented letters do."""
    alone = re.search(rb"[\x80-\xff]{2}", data) is None
    return alone and re.search(rb"[a-z]", data) is not None


def _is_cyrillic(text: str) -> bool:
    """Return whether the letters beyond ASCII are of words: small ones, or all capitals, or a capital first."""
    words = "".join(letter if letter.isalpha() else " " for letter in text).split()
    return all(letter.isalpha() for letter in text if letter > "\x7f") and all(
        word.islower() or word.isupper() or word.istitle() for word in words
    )

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
_COMMON_SIGNS = "–—…‘’“”„•«»°©®™€£·×"
_CUT_OFF = 31
"""Length of the shortest name, in bytes, that a program may have cut off."""


def readings(data: bytes) -> tuple[str, ...]:
    """Return every way to read the bytes of a name, the likeliest first; at least one."""
    if data.isascii():
        return (data.decode("ascii"),)
    found = _all_readings(data)
    return tuple(dict.fromkeys((data.decode(_likeliest(found), "replace"), *found.values())))


def encoding_of(data: bytes) -> str:
    """Return the likeliest code page of some text, for `bytes.decode`."""
    return "utf-8" if data.isascii() else _likeliest(_all_readings(data))


def _all_readings(data: bytes) -> dict[str, str]:
    """Return the text in each code page that it can be in."""
    return {encoding: text for encoding in (*_own(), *ENCODINGS) if (text := _decode(data, encoding)) is not None}


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


def _likeliest(found: dict[str, str]) -> str:
    """Return the likeliest code page of those with a text."""
    if "utf-8" in found:
        return "utf-8"
    western = found.get("cp1252") or found.get("mac_roman", "")
    if _is_western(western):
        names = [name for name in ("cp1252", "mac_roman") if name in found]
        return max(names, key=lambda name: _western_sense(found[name]))
    for name in _own():
        if name in found:
            return name
    japanese, korean, cyrillic = (found.get(name, "") for name in ("cp932", "cp949", "cp1251"))
    if japanese and not any(ord(letter) in _KATAKANA_OF_ONE_BYTE for letter in japanese):
        return "cp932"
    if korean and all("\uac00" <= letter <= "\ud7a3" for letter in korean if letter > "\x7f"):
        return "cp949"
    if cyrillic and _is_cyrillic(cyrillic):
        return "cp1251"
    if japanese and "gb18030" not in found:
        return "cp932"
    order = ("gb18030", "big5", "cp949", "cp1252", "cp1251", "mac_roman")
    return next((name for name in order if name in found), "latin-1")


def _is_western(text: str) -> bool:
    """Return whether letters beyond ASCII stand alone between small ones, as accented letters do."""
    return re.search(r"[^\x00-\x7f]{2}", text) is None and re.search(r"[a-z]", text) is not None


def _western_sense(text: str) -> float:
    """Return a measure of the sense of letters beyond ASCII: less for capitals after small ones, and rare signs."""
    sense = 0.0
    for before, letter in zip(" " + text, text, strict=False):
        if letter > "\x7f":
            plain = letter.isalpha() and letter != "ƒ" and not (letter.isupper() and before.islower())
            sense += 1 if plain else 0.5 if letter in _COMMON_SIGNS else -1
    return sense


def _is_cyrillic(text: str) -> bool:
    """Return whether the letters beyond ASCII are of words: small ones, or all capitals, or a capital first."""
    words = "".join(letter if letter.isalpha() else " " for letter in text).split()
    return all(letter.isalpha() for letter in text if letter > "\x7f") and all(
        word.islower() or word.isupper() or word.istitle() for word in words
    )

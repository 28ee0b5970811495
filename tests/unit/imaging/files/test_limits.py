"""One limit of size for pictures of all formats, said at once, before their pixels are read."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from huebrush_backend.imaging.files import PictureError, read_picture
from huebrush_backend.imaging.files.limits import LARGEST_SIDE, MOST_PIXELS, require_size
from PIL import Image


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


def tiff(width: int, height: int) -> bytes:
    tags = [(256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, height), (279, 10)]
    rows = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<I", 16) + bytes(8) + struct.pack("<H", len(tags)) + rows + bytes(4)


def psd(width: int, height: int) -> bytes:
    return b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, height, width, 8, 3) + bytes(4 + 4 + 4 + 2) + bytes(64)


def bmp(width: int, height: int) -> bytes:
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + header + bytes(64)


def archived(path: Path, kind: str, name: str, text: str) -> bytes:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr(name, text)
    return path.read_bytes()


def made(folder: Path, kind: str, width: int, height: int) -> Path:
    path = folder / f"page.{kind}"
    if kind == "ora":
        data = archived(path, "image/openraster", "stack.xml", f'<image w="{width}" h="{height}"><stack/></image>')
    elif kind == "kra":
        text = f'<DOC><IMAGE width="{width}" height="{height}"/></DOC>'
        data = archived(path, "application/x-krita", "maindoc.xml", text)
    else:
        data = {"png": png, "tif": tiff, "psd": psd, "bmp": bmp}[kind](width, height)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", ["png", "tif", "psd", "bmp", "ora", "kra"])
@pytest.mark.parametrize("size", [(20000, 20000), (24000, 12000)])
def test_the_limit_is_said(tmp_path: Path, kind: str, size: tuple[int, int]) -> None:
    with pytest.raises(PictureError, match=r"limit is 268 megapixels") as caught:
        read_picture(made(tmp_path, kind, *size))
    assert "page." in str(caught.value)


@pytest.mark.parametrize("kind", ["png", "tif", "bmp", "ora", "kra"])
def test_a_side_can_be_too_long(tmp_path: Path, kind: str) -> None:
    with pytest.raises(PictureError, match="131072 pixels for a side"):
        read_picture(made(tmp_path, kind, LARGEST_SIDE + 1, 2))


@pytest.mark.parametrize("kind", ["png", "tif", "psd", "bmp", "ora", "kra"])
def test_what_memory_does_not_allow_is_refused_at_once(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=1 << 29))
    monkeypatch.setattr(psutil, "swap_memory", lambda: SimpleNamespace(free=1 << 29))
    with pytest.raises(PictureError, match=r"182 megapixels.* GiB of memory are needed and 1.0 GiB are free"):
        read_picture(made(tmp_path, kind, 13000, 14000))


def test_pillows_own_limit_is_silent(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    """It warns of half that many pixels, and refuses twice as many."""
    Image.new("1", (10000, 9500)).save(tmp_path / "a.png")
    assert read_picture(tmp_path / "a.png").width == 10000
    assert not recwarn.list


def test_the_largest_page_is_as_large_as_one_in_krita(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=1 << 40))
    require_size(Path("a.png"), 16384, 16384)
    assert MOST_PIXELS == 16384 * 16384

"""Photographs of 64 px that all differ, and files that are broken in every way there is."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

SIZE = 64


def photograph(seed: int, colour: tuple[int, int, int] | None = None) -> Image.Image:
    """Draw a mottled disc on black, like a very small fundus photograph."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[:SIZE, :SIZE] - SIZE / 2
    disc = np.hypot(rows, columns) < SIZE * 0.46
    base = np.array(colour if colour is not None else random.integers(60, 220, 3))
    pixels = np.clip(base + random.normal(0, 25, (SIZE, SIZE, 3)), 10, 255) * disc[..., None]
    return Image.fromarray(pixels.astype(np.uint8))


def write_photographs(folder: Path, count: int) -> list[Path]:
    """Write `count` photographs as 000.png, 001.png, ..."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:03}.png" for number in range(count)]
    for seed, path in enumerate(paths):
        photograph(seed).save(path)
    return paths


def _encoded(format_: str) -> bytes:
    buffer = io.BytesIO()
    photograph(0).save(buffer, format_)
    return buffer.getvalue()


def _png(width: int, height: int) -> bytes:
    """Return a file that is right but for its size and its want of pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def _write(name: str, content: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return write


def _folder_named_like_an_image(folder: Path) -> Path:
    path = folder / "folder.jpg"
    path.mkdir()
    return path


def _dangling_link(folder: Path) -> Path:
    path = folder / "dangling.png"
    path.symlink_to(folder / "gone.png")
    return path


def _pipe(folder: Path) -> Path:
    path = folder / "pipe.jpg"
    os.mkfifo(path)
    return path


def _forbidden(folder: Path) -> Path:
    path = folder / "forbidden.png"
    path.write_bytes(_encoded("PNG"))
    path.chmod(0)
    return path


# Each breaks one file in a folder and returns its path.
BREAKERS: list[Callable[[Path], Path]] = [
    _write("truncated.jpg", _encoded("JPEG")[:700]),
    _write("truncated.png", _encoded("PNG")[:-300]),
    _write("truncated_header.tif", _encoded("TIFF")[:6]),
    _write("empty.jpg", b""),
    _write("text.jpeg", b"This is no photograph."),
    _write("document.png", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
    _write("zero_size.png", _png(0, 0)),
    _write("overlarge.png", _png(30_000, 30_000)),
    _folder_named_like_an_image,
]
if os.name == "posix":
    BREAKERS += [_dangling_link, _pipe]
    if os.geteuid() != 0:  # nothing is forbidden to root
        BREAKERS.append(_forbidden)


def write_broken_files(folder: Path) -> list[Path]:
    """Write one file of every broken kind."""
    folder.mkdir(parents=True, exist_ok=True)
    return [breaker(folder) for breaker in BREAKERS]

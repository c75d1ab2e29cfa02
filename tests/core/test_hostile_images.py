"""Files made to harm: one record each, within bounds of memory and time, and what it says."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tiny_photographs import photograph
from tiny_weights import write_tiny_weights

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="uses Linux's limits of resources")

MEMORY_BYTES = 1_000_000_000  # more than before the first file
PROCESSOR_SECONDS = 90  # for all files together, loading of libraries included

# What a child process does: the limits, then every file through the engine.
CLASSIFY = f"""
import json, pathlib, resource, sys
from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.ensemble import load_ensemble
from fundus_gui.core.images import find_images
from fundus_gui.core.inference import predict_images
from fundus_gui.core.results import Prediction

weights, folder = map(pathlib.Path, sys.argv[1:])
catalogue = read_catalogue([weights])
ensemble = load_ensemble(catalogue.ensemble("pair"), catalogue, device="cpu")
list(predict_images(ensemble, [folder / "sound.png"]))
used = int(pathlib.Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + {MEMORY_BYTES}, -1))
resource.setrlimit(resource.RLIMIT_CPU, ({PROCESSOR_SECONDS}, -1))
for result in predict_images(ensemble, sorted(folder.iterdir()), workers=1):
    said = result.warnings if isinstance(result, Prediction) else result.error
    print(json.dumps([result.path.name, said]), flush=True)
"""


def encoded(image: Image.Image, format_: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format_, **options)
    return stream.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def zeros(size: int) -> bytes:
    """Return so many zeros as zlib packs them, without ever having them."""
    packer = zlib.compressobj(9, wbits=-15)
    whole, rest = divmod(size, 1 << 20)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    packer = zlib.compressobj(9, wbits=-15)
    last = packer.compress(bytes(rest)) + packer.flush()
    checksum = struct.pack(">HH", size % 65521, 1)  # Adler-32 of zeros
    return b"\x78\xda" + whole * block + last + checksum


def png(width: int, height: int, depth: int, colour_type: int, *before: bytes) -> bytes:
    """Return a black picture; every pixel is there."""
    channels = {0: 1, 2: 3, 6: 4}[colour_type]
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    pixels = zeros(height * (1 + -(-width * channels * depth // 8)))
    chunks = [chunk(b"IHDR", header), *before, chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def tiff(width: int, height: int, strip: bytes, next_page: int = 0, **tags: int) -> bytes:
    """Return an 8-bit grey page of one strip; `next_page` is where the file says the next lies."""
    entries = {
        256: width, 257: height, 258: 8, 259: tags.get("compression", 1), 262: 1,
        273: 8, 277: 1, 278: height, 279: len(strip),
    }  # fmt: skip
    strip += b"\0" * (len(strip) % 2)
    table = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries.items())
    return (
        struct.pack("<2sHI", b"II", 42, 8 + len(strip))
        + strip
        + struct.pack("<H", len(entries))
        + table
        + struct.pack("<I", next_page)
    )


def without_pixels(jpeg: bytes, width: int, height: int) -> bytes:
    """Return a JPEG whose header promises another size."""
    frame = jpeg.index(b"\xff\xc0")
    return jpeg[: frame + 5] + struct.pack(">HH", height, width) + jpeg[frame + 9 :]


def with_scans(progressive: bytes, more: int) -> bytes:
    """Return a JPEG whose last scan comes again and again."""
    last = progressive.rindex(b"\xff\xda")
    return progressive[:-2] + more * progressive[last:-2] + progressive[-2:]


EYE = photograph(0)
LARGE = EYE.resize((128, 128), Image.Resampling.BICUBIC)
JPEG = encoded(LARGE, "JPEG")
SEVERAL: dict[str, Any] = {"save_all": True, "append_images": [LARGE.rotate(90)] * 20}
BROKEN_EXIF = b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x12\x01\x03\0\xff\xff\xff\xff" * 40
ALPHA = LARGE.copy()
ALPHA.putalpha(Image.linear_gradient("L").resize(LARGE.size))
DEEP = Image.fromarray(np.asarray(LARGE.convert("L")).astype(np.uint16) << 8)
LOOP = 8 + 4  # where the only directory of a one-pixel TIFF lies

EMPTY = "nothing looks like a retina: the picture is nearly all of one colour"
GREY = "greyscale, without colour"
ON_BLACK = "transparent parts shown on black"
SEVERAL_IMAGES = "the file holds several images; the first was read"
DAMAGED = "the {} data is truncated or damaged; copy the file again from its source"

# By name: the bytes, and what must be said: the warnings of a prediction, or how a sentence begins.
FILES: dict[str, tuple[bytes, list[str] | str]] = {
    "sound.png": (encoded(LARGE, "PNG"), []),
    # Bombs
    "bomb_30000.png": (png(30_000, 30_000, 1, 0), "the image has 900 megapixels"),
    "bomb_16_bit.png": (png(30_000, 30_000, 16, 6)[:2000], "the image has 900 megapixels"),
    "bomb.jpg": (without_pixels(JPEG, 65_535, 65_535), "the image has 4,294.84 megapixels"),
    "bomb_below_the_limit.jpg": (without_pixels(JPEG, 9_999, 9_999), [EMPTY]),
    "scans.jpg": (with_scans(encoded(LARGE, "JPEG", progressive=True), 500), "the JPEG has 5"),
    "bomb_page.tif": (tiff(60_000, 60_000, b"\0"), "the image has 3,600 megapixels"),
    "bomb_deflated_strip.tif": (
        tiff(64, 64, zeros(3_000_000_000), compression=8),
        [GREY, EMPTY],
    ),
    "nested_profile.png": (
        png(64, 64, 8, 2, chunk(b"iCCP", b"a\0\0" + zeros(2_000_000_000))),
        DAMAGED.format("PNG"),
    ),
    "nested_text.png": (
        png(64, 64, 8, 2, chunk(b"zTXt", b"a\0\0" + zeros(2_000_000_000))),
        DAMAGED.format("PNG"),
    ),
    "endless_pages.tif": (
        tiff(1, 1, b"\0\0\0\0", next_page=LOOP),
        [GREY, "1 × 1 pixels are too few"],
    ),
    # Several pictures
    "pages.tif": (encoded(LARGE, "TIFF", **SEVERAL), [SEVERAL_IMAGES]),
    "film.gif": (encoded(LARGE, "GIF", **SEVERAL), "the contents are not a JPEG, PNG"),
    "film.png": (encoded(LARGE, "PNG", **SEVERAL), [SEVERAL_IMAGES]),
    # Damage
    "exif.jpg": (encoded(LARGE, "JPEG", exif=BROKEN_EXIF), []),
    "half.jpg": (JPEG[: len(JPEG) // 2], DAMAGED.format("JPEG")),
    "half.png": (encoded(LARGE, "PNG")[:9000], DAMAGED.format("PNG")),
    # Unusual pixels
    "cmyk.jpg": (encoded(LARGE.convert("CMYK"), "JPEG"), ["converted from CMYK"]),
    "deep.png": (encoded(DEEP, "PNG"), ["16-bit grey scaled to 8 bits"]),
    "alpha.png": (encoded(ALPHA, "PNG"), [ON_BLACK]),
    # Nothing to see
    "pixel.png": (encoded(EYE.resize((1, 1)), "PNG"), ["1 × 1 pixels are too few"]),
    "row.png": (encoded(EYE.resize((900, 1)), "PNG"), ["900 × 1 pixels are too few"]),
    "black.png": (encoded(Image.new("RGB", (300, 200)), "PNG"), [EMPTY]),
    "white.jpg": (encoded(Image.new("RGB", (300, 200), "white"), "JPEG"), [EMPTY]),
    "clear.png": (encoded(Image.new("RGBA", (64, 64)), "PNG"), [ON_BLACK, EMPTY]),
}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str] | str]:
    """Return what is said of every file, by one process that has little memory."""
    folder = tmp_path_factory.mktemp("hostile")
    weights = write_tiny_weights(folder / "weights")
    files = folder / "files"
    files.mkdir()
    for name, (content, _) in FILES.items():
        (files / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CLASSIFY, str(weights), str(files)],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return dict(json.loads(line) for line in done.stdout.splitlines())


def test_every_file_has_its_record(said: dict[str, list[str] | str]) -> None:
    assert list(said) == sorted(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_or_warned_of(
    said: dict[str, list[str] | str], name: str
) -> None:
    _, expected = FILES[name]
    if isinstance(expected, str):
        assert isinstance(said[name], str)
        assert said[name].startswith(expected)  # type: ignore[union-attr]
    else:
        assert len(said[name]) >= len(expected), said[name]
        for warning in expected:
            assert any(warning in heard for heard in said[name]), said[name]


def test_a_sound_file_among_them_is_not_warned_of(said: dict[str, list[str] | str]) -> None:
    assert said["sound.png"] == []

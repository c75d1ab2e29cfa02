"""Every kind of file becomes the right pixels or a sentence, and no file is lost in a folder."""

from __future__ import annotations

import hashlib
import io
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageFile

from fundus_gui.core.errors import ImageError
from fundus_gui.core.images import (
    IMAGE_SUFFIXES,
    MAX_BYTES,
    MAX_PIXELS,
    Photograph,
    find_images,
    load_image,
    read_photograph,
    thumbnail,
)

# Pillow warns of damaged metadata; the module silences it, pytest's "error" un-silences it.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="uses Linux's /proc")
posix_only = pytest.mark.skipif(os.name != "posix", reason="uses POSIX files and permissions")

A_FOLDER = "it is a folder without photographs or one that cannot be opened"
ON_BLACK = "transparent parts shown on black"
GREY = "greyscale, without colour"
PALETTE = "palette of at most 256 colours"
ORIENTATION = 274


def gradient(width: int = 80, height: int = 60) -> NDArray[np.uint8]:
    """No two rows, columns or corners are alike."""
    y, x = np.mgrid[:height, :width]
    return np.stack([3 * x + 9, 4 * y + 2, x + y], axis=-1).astype(np.uint8)


def encoded(image: Image.Image, format_: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format_, **options)
    return buffer.getvalue()


def saved(path: Path, image: Image.Image, format_: str = "PNG", **options: Any) -> Path:
    path.write_bytes(encoded(image, format_, **options))
    return path


def png(width: int, height: int, depth: int, colour_type: int, rows: bytes = b"") -> bytes:
    """Write by hand what Pillow does not save: 16-bit colour, or a header that lies."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def tiff_12_bit(first: int, second: int) -> bytes:
    """Two grey pixels of 12 bits."""
    tags = {256: 2, 257: 1, 258: 12, 259: 1, 262: 1, 273: 8, 277: 1, 278: 1, 279: 3}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    pixels = ((first << 12) | second).to_bytes(3, "big")
    return (
        b"II*\0"
        + struct.pack("<I", 12)
        + pixels
        + b"\0"
        + struct.pack("<H", 9)
        + entries
        + bytes(4)
    )


def red_green_swapped_profile() -> bytes:
    """A valid profile in which what is stored as red means green."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return srgb.replace(b"rXYZ", b"swap").replace(b"gXYZ", b"rXYZ").replace(b"swap", b"gXYZ")


def refusal(path: Path, **options: int) -> ImageError:
    with pytest.raises(ImageError) as caught:
        read_photograph(path, **options)
    return caught.value


def outcome(path: Path) -> Photograph | ImageError:
    try:
        return read_photograph(path, max_pixels=1_000_000)
    except ImageError as error:
        return error


@contextmanager
def shared_folder() -> Iterator[Path]:
    """A folder that other users may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Give up root's rights, under which permissions mean nothing."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


# Finding ------------------------------------------------------------------------------------------


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def found(*paths: Path, below: Path, recursive: bool = True) -> list[str]:
    return [path.relative_to(below).as_posix() for path in find_images(paths, recursive=recursive)]


def test_files_come_in_natural_order_without_regard_to_case(tmp_path: Path) -> None:
    touch(tmp_path, "img10.jpg", "IMG2.jpg", "img1.png", "b.jpg", "A.jpg", "img2b.jpg")
    expected = ["A.jpg", "b.jpg", "img1.png", "IMG2.jpg", "img2b.jpg", "img10.jpg"]
    assert found(tmp_path, below=tmp_path) == expected


@given(numbers=st.sets(st.integers(0, 10**12), min_size=1, max_size=8))
@settings(max_examples=25, deadline=None)
def test_numbers_in_names_sort_by_value(numbers: set[int]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        touch(folder, *(f"eye {number} left.jpg" for number in numbers))
        expected = [f"eye {number} left.jpg" for number in sorted(numbers)]
        assert found(folder, below=folder) == expected


@given(
    stems=st.sets(
        st.text("aAbß2 10٣.眼👁-_'\n", min_size=1, max_size=12),
        max_size=8,
    )
)
@settings(max_examples=50, deadline=None)
def test_any_names_are_all_found_and_always_in_the_same_order(stems: set[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        touch(folder, *(f"{stem}.jpg" for stem in stems))
        first = list(find_images([folder]))
        assert first == list(find_images([folder]))
        assert {path.name for path in first} == set(os.listdir(folder))  # noqa: PTH208


def test_a_folder_comes_before_its_subfolders(tmp_path: Path) -> None:
    touch(tmp_path, "z.jpg", "a10/1.jpg", "a2/1.jpg", "a2/deep/1.jpg", "a2/2.jpg")
    expected = ["z.jpg", "a2/1.jpg", "a2/2.jpg", "a2/deep/1.jpg", "a10/1.jpg"]
    assert found(tmp_path, below=tmp_path) == expected


def test_without_recursion_subfolders_are_left_out(tmp_path: Path) -> None:
    touch(tmp_path, "z.jpg", "sub/1.jpg")
    assert found(tmp_path, below=tmp_path, recursive=False) == ["z.jpg"]


def test_every_suffix_counts_in_any_case_and_others_do_not(tmp_path: Path) -> None:
    images = {f"a{suffix}" for suffix in IMAGE_SUFFIXES} | {"b.JPG", "c.TiFF"}
    touch(tmp_path, *images, "notes.txt", "jpg", "scan.jpg.part", "archive.zip")
    assert set(found(tmp_path, below=tmp_path)) == images


def test_a_given_file_is_listed_whatever_its_suffix(tmp_path: Path) -> None:
    touch(tmp_path, "notes.txt")
    assert found(tmp_path / "notes.txt", below=tmp_path) == ["notes.txt"]


def test_given_files_keep_their_order(tmp_path: Path) -> None:
    touch(tmp_path, "2.jpg", "1.jpg")
    assert found(tmp_path / "2.jpg", tmp_path / "1.jpg", below=tmp_path) == ["2.jpg", "1.jpg"]


def test_relative_paths_stay_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "eyes/1.jpg")
    monkeypatch.chdir(tmp_path)
    assert list(find_images([Path("eyes")])) == [Path("eyes/1.jpg")]


@pytest.mark.parametrize(
    "given_names",
    [
        ["", "sub"],
        ["sub", ""],
        ["1.jpg", ""],
        ["", "1.jpg"],
        ["sub/2.jpg", "sub/../1.jpg", "", "1.jpg"],
        ["", "", "sub/../sub/2.jpg"],
    ],
)
def test_what_is_given_twice_is_listed_once(tmp_path: Path, given_names: list[str]) -> None:
    touch(tmp_path, "1.jpg", "sub/2.jpg")
    names = [path.name for path in find_images(tmp_path / name for name in given_names)]
    assert sorted(names) == ["1.jpg", "2.jpg"]


def test_a_given_file_with_another_suffix_survives_its_folder(tmp_path: Path) -> None:
    touch(tmp_path, "1.jpg", "scan.dat")
    assert found(tmp_path, tmp_path / "scan.dat", below=tmp_path) == ["1.jpg", "scan.dat"]


def test_a_missing_path_is_named_before_anything_is_listed(tmp_path: Path) -> None:
    touch(tmp_path, "1.jpg")
    missing = tmp_path / "no such folder"
    with pytest.raises(ImageError, match="there is no file or folder at") as caught:
        find_images([tmp_path, missing])
    assert str(missing) in str(caught.value)


def test_an_empty_folder_gives_nothing(tmp_path: Path) -> None:
    assert list(find_images([tmp_path])) == []


def test_folders_are_listed_only_when_their_turn_comes(tmp_path: Path) -> None:
    touch(tmp_path, "1.jpg", "sub/2.jpg")
    walk = find_images([tmp_path])
    assert next(walk).name == "1.jpg"
    touch(tmp_path, "sub/3.jpg")
    assert [path.name for path in walk] == ["2.jpg", "3.jpg"]


@posix_only
def test_links_that_lead_in_circles_end(tmp_path: Path) -> None:
    touch(tmp_path, "a/1.jpg", "b/2.jpg")
    (tmp_path / "a" / "to_b").symlink_to(tmp_path / "b")
    (tmp_path / "b" / "to_a").symlink_to(tmp_path / "a")
    (tmp_path / "b" / "up").symlink_to(tmp_path)
    assert found(tmp_path, below=tmp_path) == ["a/1.jpg", "a/to_b/2.jpg"]


@posix_only
def test_linked_folders_are_entered_and_linked_files_listed(tmp_path: Path) -> None:
    touch(tmp_path, "elsewhere/1.jpg")
    (tmp_path / "top").mkdir()
    (tmp_path / "top" / "folder").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "top" / "file.jpg").symlink_to(tmp_path / "elsewhere" / "1.jpg")
    assert found(tmp_path / "top", below=tmp_path) == ["top/file.jpg", "top/folder/1.jpg"]


@posix_only
def test_special_files_are_listed_and_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.jpg")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.jpg"))
    (tmp_path / "dangling.jpg").symlink_to(tmp_path / "gone")
    (tmp_path / "device.jpg").symlink_to("/dev/zero")
    (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
    (tmp_path / "no_image").symlink_to(tmp_path / "gone")
    problems = {path.name: refusal(path).problem for path in find_images([tmp_path])}
    not_regular = "it is not a regular file but a device, pipe or socket"
    assert "symbolic links" in problems.pop("loop.jpg")
    assert problems == {
        "dangling.jpg": "the link leads to a file that does not exist",
        "device.jpg": not_regular,
        "fifo.jpg": not_regular,
        "socket.jpg": not_regular,
    }


def test_a_folder_named_like_an_image_is_entered_or_else_listed(tmp_path: Path) -> None:
    touch(tmp_path, "album.jpg/1.png", "notes.jpg/readme.txt")
    (tmp_path / "empty.jpg").mkdir()
    assert found(tmp_path, below=tmp_path) == ["album.jpg/1.png", "empty.jpg", "notes.jpg"]
    assert found(tmp_path, below=tmp_path, recursive=False) == [
        "album.jpg",
        "empty.jpg",
        "notes.jpg",
    ]
    assert found(tmp_path / "album.jpg", below=tmp_path, recursive=False) == ["album.jpg/1.png"]


@posix_only
def test_a_folder_that_may_not_be_opened_is_listed_and_the_walk_goes_on() -> None:
    with shared_folder() as folder:
        touch(folder, "locked/1.jpg", "open/2.jpg")
        (folder / "locked").chmod(0)
        with ordinary_user():
            assert found(folder, below=folder) == ["locked", "open/2.jpg"]
            assert found(folder / "locked", below=folder) == ["locked"]
            assert refusal(folder / "locked").problem == A_FOLDER
        (folder / "locked").chmod(0o711)  # may be passed through, not listed
        with ordinary_user():
            inside = folder / "locked" / "1.jpg"
            assert found(inside.parent, inside, below=folder) == ["locked", "locked/1.jpg"]
        (folder / "locked").chmod(0o755)


def test_folders_may_lie_deeper_than_python_recurses(tmp_path: Path) -> None:
    limit = sys.getrecursionlimit()
    folders = [tmp_path]
    for _ in range(400):
        folders.append(folders[-1] / "d")
        folders[-1].mkdir()
    touch(folders[-1], "1.jpg")
    sys.setrecursionlimit(300)
    try:
        assert list(find_images([tmp_path])) == [folders[-1] / "1.jpg"]
    finally:
        sys.setrecursionlimit(limit)


# Reading: pixels ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("format_", "options"),
    [
        ("PNG", {}),
        ("BMP", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "tiff_adobe_deflate"}),
        ("TIFF", {"compression": "packbits"}),
        ("TIFF", {"big_tiff": True}),
        ("WEBP", {"lossless": True}),
    ],
)
def test_lossless_formats_give_the_pixels_back(
    tmp_path: Path, format_: str, options: dict[str, Any]
) -> None:
    path = saved(tmp_path / "eye", Image.fromarray(gradient()), format_, **options)
    photograph = read_photograph(path)
    np.testing.assert_array_equal(photograph.pixels, gradient())
    assert photograph.path == path
    assert photograph.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert photograph.warnings == ()


@pytest.mark.parametrize(
    ("format_", "options"),
    [
        ("JPEG", {"quality": 95}),
        ("JPEG", {"quality": 95, "progressive": True}),
        ("WEBP", {"quality": 95}),
        ("TIFF", {"compression": "jpeg", "quality": 95}),
    ],
)
def test_lossy_formats_come_near_the_pixels(
    tmp_path: Path, format_: str, options: dict[str, Any]
) -> None:
    path = saved(tmp_path / "eye.jpg", Image.fromarray(gradient()), format_, **options)
    photograph = read_photograph(path)
    assert np.abs(photograph.pixels.astype(int) - gradient()).mean() < 4
    assert photograph.warnings == ()


def test_pixels_are_contiguous_writable_rgb_bytes(tmp_path: Path) -> None:
    path = saved(tmp_path / "tall.png", Image.fromarray(gradient(50, 700)))
    pixels = load_image(path)
    assert pixels.shape == (700, 50, 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert pixels.flags.writeable
    np.testing.assert_array_equal(pixels, gradient(50, 700))


def test_contents_decide_not_the_suffix(tmp_path: Path) -> None:
    path = saved(tmp_path / "eye.jpg", Image.fromarray(gradient()), "PNG")
    np.testing.assert_array_equal(load_image(path), gradient())


@pytest.mark.parametrize(
    "name", ["眼底照片.png", "👁️.png", "a\nb.png", "-x.png", "é" * 120 + ".png"]
)
def test_any_name_is_read(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path / name, Image.fromarray(gradient()))
    assert list(find_images([tmp_path])) == [path]
    np.testing.assert_array_equal(load_image(path), gradient())


@linux_only
def test_a_name_that_is_not_unicode_is_read(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.png")
    saved(path, Image.fromarray(gradient()))
    assert list(find_images([tmp_path])) == [path]
    np.testing.assert_array_equal(load_image(path), gradient())


STORED_AS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize(
    ("format_", "options"), [("PNG", {}), ("TIFF", {}), ("WEBP", {"lossless": True})]
)
@pytest.mark.parametrize("orientation", STORED_AS)
def test_all_orientations_of_one_photograph_give_the_same_pixels(
    tmp_path: Path, orientation: int, format_: str, options: dict[str, Any]
) -> None:
    image = Image.fromarray(gradient())
    transpose = STORED_AS[orientation]
    stored = image if transpose is None else image.transpose(transpose)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    path = saved(tmp_path / "eye", stored, format_, exif=exif, **options)
    np.testing.assert_array_equal(load_image(path), gradient())
    assert thumbnail(path, 40).shape == (30, 40, 3)


def test_a_jpeg_held_upright_is_turned(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    path = saved(tmp_path / "eye.jpg", Image.fromarray(gradient(80, 60)), "JPEG", exif=exif)
    assert load_image(path).shape == (80, 60, 3)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\0\0garbage",
        b"Exif\0\0II*\0\xff\xff\xff\x7f",
        b"Exif\0\0II*\0\x08\0\0\0\xff\xff",
        b"Exif\0\0II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", ORIENTATION, 5, 1, 4000) + bytes(4),
        b"Exif\0\0II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", ORIENTATION, 3, 1, 99) + bytes(4),
    ],
)
def test_broken_exif_does_not_fail_the_file(tmp_path: Path, format_: str, exif: bytes) -> None:
    path = saved(tmp_path / "eye", Image.fromarray(gradient()), format_, exif=exif)
    assert load_image(path).shape == gradient().shape


def test_16_bit_grey_keeps_its_upper_bits(tmp_path: Path) -> None:
    ramp = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    expected = np.repeat((ramp >> 8)[..., None], 3, axis=-1)
    for name, values, format_ in [
        ("a.png", ramp, "PNG"),
        ("b.tif", ramp, "TIFF"),
        ("c.tif", ramp.astype(">u2"), "TIFF"),
        ("d.tif", ramp.astype(np.int32), "TIFF"),
    ]:
        photograph = read_photograph(saved(tmp_path / name, Image.fromarray(values), format_))
        np.testing.assert_array_equal(photograph.pixels, expected)
        assert photograph.warnings == ("16-bit grey scaled to 8 bits",)


def test_8_bit_values_in_a_16_bit_file_are_kept(tmp_path: Path) -> None:
    values = np.arange(256, dtype=np.uint16).reshape(16, 16)
    photograph = read_photograph(saved(tmp_path / "a.png", Image.fromarray(values)))
    np.testing.assert_array_equal(photograph.pixels[..., 1], values)
    assert photograph.warnings == (GREY,)


def test_12_bit_grey_keeps_its_upper_bits(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(tiff_12_bit(0xABC, 0x123))
    photograph = read_photograph(path)
    assert photograph.pixels[0, :, 0].tolist() == [0xAB, 0x12]
    assert photograph.warnings == ("12-bit grey scaled to 8 bits",)


@pytest.mark.parametrize(("colour_type", "channels"), [(2, 3), (6, 4)])
def test_16_bit_colour_keeps_its_upper_bits_and_says_so(
    tmp_path: Path, colour_type: int, channels: int
) -> None:
    levels = [0, 255, 40000, 65535][:channels]
    path = tmp_path / "a.png"
    row = b"\0" + struct.pack(f">{channels}H", *levels)
    path.write_bytes(png(1, 1, 16, colour_type, row))
    photograph = read_photograph(path)
    assert photograph.pixels[0, 0].tolist() == [0, 0, 156]
    assert photograph.warnings == ("16-bit channels scaled to 8 bits",)


@pytest.mark.parametrize("format_", ["PNG", "TIFF", "JPEG"])
def test_greyscale_is_shown_in_three_equal_channels(tmp_path: Path, format_: str) -> None:
    grey = np.full((8, 8), 77, np.uint8)
    photograph = read_photograph(saved(tmp_path / "a", Image.fromarray(grey), format_))
    assert (photograph.pixels == 77).all()
    assert photograph.warnings == (GREY,)


def test_one_bit_becomes_black_and_white(tmp_path: Path) -> None:
    image = Image.fromarray(np.array([[0, 255, 0]], np.uint8)).convert("1")
    photograph = read_photograph(saved(tmp_path / "a.png", image))
    assert photograph.pixels[0, :, 0].tolist() == [0, 255, 0]
    assert photograph.warnings == ("1-bit black and white, without colour",)


@pytest.mark.parametrize("format_", ["PNG", "TIFF", "BMP"])
def test_a_palette_gives_its_colours(tmp_path: Path, format_: str) -> None:
    colours = np.array([[[200, 100, 50], [1, 2, 3]]], np.uint8)
    image = Image.fromarray(colours).quantize(4)
    photograph = read_photograph(saved(tmp_path / "a", image, format_))
    np.testing.assert_array_equal(photograph.pixels, colours)
    assert photograph.warnings == (PALETTE,)


@pytest.mark.parametrize("transparency", [0, bytes([0, 255])])
def test_a_palette_with_transparency_is_shown_on_black(
    tmp_path: Path, transparency: int | bytes
) -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([200, 100, 50, 1, 2, 3])
    image.putpixel((1, 0), 1)
    photograph = read_photograph(saved(tmp_path / "a.png", image, transparency=transparency))
    assert photograph.pixels.tolist() == [[[0, 0, 0], [1, 2, 3]]]
    assert photograph.warnings == (PALETTE, ON_BLACK)


@pytest.mark.parametrize(
    ("format_", "options"), [("PNG", {}), ("TIFF", {}), ("WEBP", {"lossless": True, "exact": True})]
)
def test_transparent_colour_equals_the_composite_on_black(
    tmp_path: Path, format_: str, options: dict[str, Any]
) -> None:
    colour, alpha = np.mgrid[:256, :256].astype(np.uint8)
    rgba = np.stack([colour, 255 - colour, colour // 2, alpha], axis=-1)
    photograph = read_photograph(saved(tmp_path / "a", Image.fromarray(rgba), format_, **options))
    composite = np.rint(rgba[..., :3] * (alpha[..., None] / 255.0))
    np.testing.assert_array_equal(photograph.pixels, composite)
    assert photograph.warnings == (ON_BLACK,)


def test_an_opaque_alpha_channel_needs_no_warning(tmp_path: Path) -> None:
    image = Image.fromarray(gradient())
    image.putalpha(255)
    photograph = read_photograph(saved(tmp_path / "a.png", image))
    np.testing.assert_array_equal(photograph.pixels, gradient())
    assert photograph.warnings == ()


def test_grey_with_alpha_is_shown_on_black(tmp_path: Path) -> None:
    values = np.array([[[200, 255], [200, 128], [200, 0]]], np.uint8)
    content = encoded(Image.fromarray(values, "LA"), "TIFF")
    path = tmp_path / "straight.tif"
    path.write_bytes(content)
    photograph = read_photograph(path)
    assert photograph.pixels[0, :, 0].tolist() == [200, 100, 0]
    assert photograph.warnings == (GREY, ON_BLACK)

    premultiplied = np.array([[[200, 255], [100, 128], [0, 0]]], np.uint8)
    content = encoded(Image.fromarray(premultiplied, "LA"), "TIFF")
    extra_samples = struct.pack("<HHI", 338, 3, 1)
    path = tmp_path / "premultiplied.tif"
    path.write_bytes(content.replace(extra_samples + b"\x02", extra_samples + b"\x01"))
    photograph = read_photograph(path)
    assert photograph.pixels[0, :, 0].tolist() == [200, 100, 0]
    assert photograph.warnings == (ON_BLACK,)


def test_a_transparent_level_is_shown_on_black(tmp_path: Path) -> None:
    for name, image, key in [
        ("grey.png", Image.fromarray(np.array([[128, 200]], np.uint8)), 128),
        ("grey16.png", Image.fromarray(np.array([[30000, 51200]], np.uint16)), 30000),
        ("rgb.png", Image.fromarray(np.array([[[1, 2, 3], [200, 200, 200]]], np.uint8)), (1, 2, 3)),
    ]:
        photograph = read_photograph(saved(tmp_path / name, image, transparency=key))
        assert photograph.pixels.tolist() == [[[0, 0, 0], [200, 200, 200]]]
        assert ON_BLACK in photograph.warnings


@pytest.mark.parametrize("format_", ["JPEG", "TIFF"])
def test_cmyk_becomes_rgb(tmp_path: Path, format_: str) -> None:
    image = Image.new("RGB", (16, 16), (200, 100, 50)).convert("CMYK")
    photograph = read_photograph(saved(tmp_path / "a", image, format_))
    assert np.abs(photograph.pixels - np.array([200.0, 100, 50])).max() <= 3
    assert photograph.warnings == ("converted from CMYK",)


@pytest.mark.parametrize(("mode", "warnings"), [("LAB", ("converted from CIELab",)), ("YCbCr", ())])
def test_other_colour_spaces_become_rgb(
    tmp_path: Path, mode: str, warnings: tuple[str, ...]
) -> None:
    image = Image.new("RGB", (16, 16), (200, 100, 50)).convert(mode)
    photograph = read_photograph(saved(tmp_path / "a.tif", image, "TIFF"))
    assert np.abs(photograph.pixels - np.array([200.0, 100, 50])).max() <= 3
    assert photograph.warnings == warnings


@pytest.mark.parametrize(("format_"), ["JPEG", "PNG", "TIFF", "WEBP"])
def test_a_colour_profile_is_converted_to_srgb(tmp_path: Path, format_: str) -> None:
    image = Image.new("RGB", (16, 16), (200, 100, 50))
    path = saved(tmp_path / "a", image, format_, icc_profile=red_green_swapped_profile())
    photograph = read_photograph(path)
    assert np.abs(photograph.pixels - np.array([100.0, 200, 50])).max() <= 5
    (warning,) = photograph.warnings
    assert warning == "colours converted from the photograph's own profile to sRGB"


def test_an_srgb_profile_changes_nothing(tmp_path: Path) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photograph = read_photograph(
        saved(tmp_path / "a.png", Image.fromarray(gradient()), icc_profile=srgb)
    )
    np.testing.assert_array_equal(photograph.pixels, gradient())
    assert photograph.warnings == ()


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("profile", [b"garbage" * 40, red_green_swapped_profile()[:300]])
def test_a_broken_colour_profile_is_ignored_and_said(
    tmp_path: Path, mode: str, profile: bytes
) -> None:
    image = Image.new("RGB", (16, 16), (90, 90, 90)).convert(mode)
    plain = load_image(saved(tmp_path / "a.jpg", image, "JPEG"))
    photograph = read_photograph(saved(tmp_path / "b.jpg", image, "JPEG", icc_profile=profile))
    np.testing.assert_array_equal(photograph.pixels, plain)
    assert "the colour profile was ignored" in photograph.warnings[-1]


def test_a_profile_of_another_colour_space_is_ignored_and_said(tmp_path: Path) -> None:
    grey = Image.new("L", (4, 4), 90)
    path = saved(tmp_path / "a.png", grey, icc_profile=red_green_swapped_profile())
    photograph = read_photograph(path)
    assert (photograph.pixels == 90).all()
    assert "the colour profile was ignored" in photograph.warnings[-1]


@pytest.mark.parametrize("format_", ["TIFF", "PNG", "WEBP", "MPO"])
def test_of_several_images_the_first_is_read(tmp_path: Path, format_: str) -> None:
    first = Image.new("RGB", (16, 16), (200, 100, 50))
    others = [Image.new("RGB", (16, 16), (0, 0, 255))]
    path = saved(tmp_path / "a", first, format_, save_all=True, append_images=others)
    photograph = read_photograph(path)
    assert np.abs(photograph.pixels - np.array([200.0, 100, 50])).max() <= 5
    assert photograph.warnings == ("the file holds several images; the first was read",)


# Reading: refusals --------------------------------------------------------------------------------


BMP = encoded(Image.new("RGB", (9, 9)), "BMP")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty"),
        (
            b"Patient 17, left eye",
            "the contents are not a JPEG, PNG, TIFF, BMP, WebP or DICOM image",
        ),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "the contents are not a JPEG"),
        (encoded(Image.new("RGB", (9, 9)), "GIF"), "the contents are not a JPEG"),
        (encoded(Image.new("RGB", (9, 9)), "EPS"), "the contents are not a JPEG"),
        (encoded(Image.new("RGB", (9, 9)), "PDF"), "the contents are not a JPEG"),
        (png(0, 0, 8, 2), "the PNG header is truncated or damaged, says 0 pixels"),
        (BMP[:18] + bytes(8) + BMP[26:], "the BMP header is truncated or damaged, says 0 pixels"),
        (png(9, 9, 8, 2), "the PNG data is truncated or damaged"),
        (encoded(Image.new("F", (9, 9)), "TIFF"), "its pixels are floating-point numbers"),
        (encoded(Image.new("I", (9, 9), -1), "TIFF"), "its pixels are not within 16 bits"),
        (encoded(Image.new("I", (9, 9), 65536), "TIFF"), "its pixels are not within 16 bits"),
    ],
    ids=[
        "empty",
        "text",
        "svg",
        "gif",
        "eps",
        "pdf",
        "png_0x0",
        "bmp_0x0",
        "no_data",
        "float",
        "negative",
        "17_bit",
    ],
)
def test_unusable_contents_are_refused_with_a_sentence(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    path = tmp_path / "eye.jpg"
    path.write_bytes(content)
    error = refusal(path)
    assert error.problem.startswith(problem)
    assert str(error).startswith("eye.jpg: ")
    assert error.sha256 == (hashlib.sha256(content).hexdigest() if content else "")
    with pytest.raises(ImageError, match=re.escape(problem)):
        thumbnail(path, 64)


def test_a_zero_height_jpeg_is_refused(tmp_path: Path) -> None:
    content = bytearray(encoded(Image.fromarray(gradient()), "JPEG"))
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 7] = b"\0\0"
    path = tmp_path / "eye.jpg"
    path.write_bytes(content)
    assert "says 0 pixels" in refusal(path).problem


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path / "gone.jpg")
    assert error.problem == "the file does not exist"
    assert error.sha256 == ""


def test_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "eye.jpg").mkdir()
    assert refusal(tmp_path / "eye.jpg").problem == A_FOLDER


@posix_only
def test_a_file_without_permission_is_refused() -> None:
    with shared_folder() as folder:
        path = saved(folder / "eye.png", Image.fromarray(gradient()))
        path.chmod(0)
        with ordinary_user():
            assert "permission to read the file was denied" in refusal(path).problem


@linux_only
def test_an_input_output_error_is_refused(tmp_path: Path) -> None:
    (tmp_path / "eye.jpg").symlink_to("/proc/self/mem")  # regular, and reading at 0 gives EIO
    problem = refusal(tmp_path / "eye.jpg").problem
    assert problem == "the file could not be read: Input/output error"


def test_a_name_too_long_for_the_system_is_refused(tmp_path: Path) -> None:
    assert "could not be read" in refusal(tmp_path / ("x" * 300 + ".jpg")).problem


def test_too_many_bytes_are_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "eye.tif"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 10_000_000)  # sparse: takes no room
    problem = refusal(path).problem
    assert problem.startswith("the file has 1.01 GB, more than the limit of 1 GB")


def test_too_many_pixels_are_refused_by_the_header_alone(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png(100_000, 100_000, 8, 2))
    problem = refusal(path).problem
    assert "10,000 megapixels (100000 × 100000), more than the limit of 100" in problem
    with pytest.raises(ImageError, match="megapixels"):
        thumbnail(path, 64)


def test_a_webp_canvas_is_refused_before_it_is_filled(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (30, 20)), Image.new("RGB", (30, 20), "red")]
    content = bytearray(encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]))
    size = content.index(b"VP8X") + 12
    content[size : size + 6] = (16383).to_bytes(3, "little") * 2
    path = tmp_path / "bomb.webp"
    path.write_bytes(content)
    assert "268.435 megapixels" in refusal(path).problem


def test_the_limit_on_pixels_can_be_set(tmp_path: Path) -> None:
    path = saved(tmp_path / "eye.png", Image.fromarray(gradient(80, 60)))
    assert read_photograph(path, max_pixels=4800).pixels.shape == (60, 80, 3)
    assert load_image(path, max_pixels=4800).shape == (60, 80, 3)
    assert "0.0048 megapixels (80 × 60)" in refusal(path, max_pixels=4799).problem


def test_our_limit_is_the_only_one(tmp_path: Path) -> None:
    """Pillow's own would warn from 89 megapixels on, and warnings are errors here."""
    path = tmp_path / "large.png"
    path.write_bytes(png(9_900, 10_000, 1, 0))
    assert MAX_PIXELS >= 9_900 * 10_000
    assert refusal(path).problem.startswith("the PNG data is truncated")


UPRIGHT = Image.Exif()
UPRIGHT[ORIENTATION] = 6
UPRIGHT[270] = "left eye"

SAMPLES = {
    "jpeg": encoded(Image.fromarray(gradient()), "JPEG"),
    "progressive": encoded(Image.fromarray(gradient()), "JPEG", progressive=True),
    "cmyk": encoded(Image.fromarray(gradient()).convert("CMYK"), "JPEG"),
    "png": encoded(Image.fromarray(gradient()), "PNG"),
    "palette": encoded(Image.fromarray(gradient()).quantize(16), "PNG"),
    "tiff": encoded(Image.fromarray(gradient()), "TIFF"),
    "tiff_lzw": encoded(Image.fromarray(gradient()), "TIFF", compression="tiff_lzw"),
    "tiff_16": encoded(Image.fromarray(gradient()[..., 0].astype(np.uint16) << 8), "TIFF"),
    "bmp": encoded(Image.fromarray(gradient()), "BMP"),
    "webp": encoded(Image.fromarray(gradient()), "WEBP"),
    "webp_lossless": encoded(Image.fromarray(gradient()), "WEBP", lossless=True),
    "profile": encoded(
        Image.fromarray(gradient()), "JPEG", icc_profile=red_green_swapped_profile()
    ),
    "exif": encoded(Image.fromarray(gradient()), "JPEG", exif=UPRIGHT),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_truncated_file_is_refused_unless_every_pixel_is_there(tmp_path: Path, name: str) -> None:
    content = SAMPLES[name]
    path = tmp_path / "eye.jpg"
    path.write_bytes(content)
    whole = load_image(path)
    for length in np.linspace(0, len(content) - 1, 100, dtype=int):
        path.write_bytes(content[:length])
        result = outcome(path)
        if isinstance(result, ImageError):
            assert length < 16 or "truncated" in result.problem
        else:
            np.testing.assert_array_equal(result.pixels, whole)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "eye.jpg"


@given(
    content=st.sampled_from(sorted(SAMPLES.values())),
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), max_size=6),
    kept=st.floats(0, 1),
)
@settings(max_examples=400, deadline=None)
def test_damaged_bytes_give_a_photograph_or_an_image_error(
    scratch: Path, content: bytes, flips: list[tuple[float, int]], kept: float
) -> None:
    damaged = bytearray(content)
    for position, mask in flips:
        damaged[int(position * len(damaged))] ^= mask
    scratch.write_bytes(damaged[: max(1, round(kept * len(damaged)))] if kept < 0.5 else damaged)
    result = outcome(scratch)
    if isinstance(result, ImageError):
        assert result.problem
        assert result.sha256
    else:
        assert result.pixels.shape[2] == 3


@given(content=st.binary(max_size=200), magic=st.sampled_from(sorted(SAMPLES.values())))
@settings(max_examples=150, deadline=None)
def test_noise_behind_a_true_signature_is_refused(
    scratch: Path, content: bytes, magic: bytes
) -> None:
    scratch.write_bytes(magic[:16] + content)
    with pytest.raises(ImageError):
        read_photograph(scratch, max_pixels=1_000_000)


def test_truncated_files_stay_refused_whoever_asks() -> None:
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_threads_read_the_same_as_one(tmp_path: Path) -> None:
    paths = []
    for name, content in SAMPLES.items():
        paths.append(tmp_path / name)
        paths[-1].write_bytes(content)
    alone = [read_photograph(path) for path in paths]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(read_photograph, paths * 8))
    for index, photograph in enumerate(together):
        expected = alone[index % len(alone)]
        np.testing.assert_array_equal(photograph.pixels, expected.pixels)
        assert photograph.sha256 == expected.sha256
        assert photograph.warnings == expected.warnings


def in_a_new_process(code: str, *arguments: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "default", "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_nothing_is_said_outside_the_photograph(tmp_path: Path) -> None:
    """Pillow would warn of this EXIF on the terminal, through the middle of a progress bar."""
    far = struct.pack("<HHII", 270, 2, 9000, 5000) + bytes(4)
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0" + far
    path = saved(tmp_path / "eye.png", Image.fromarray(gradient()), exif=exif)
    with pytest.warns(UserWarning, match="Tag data larger than file"), Image.open(path) as image:
        image.getexif()
    code = (
        "import sys, pathlib; from fundus_gui.core.images import read_photograph;"
        "print(read_photograph(pathlib.Path(sys.argv[1])).pixels.shape)"
    )
    run = in_a_new_process(code, path)
    assert (run.stdout.strip(), run.stderr, run.returncode) == ("(60, 80, 3)", "", 0)


@linux_only
def test_lack_of_memory_is_an_image_error(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(png(9_900, 10_000, 8, 2))
    code = """
import pathlib, resource, sys
from fundus_gui.core.errors import ImageError
from fundus_gui.core.images import read_photograph
used = int(pathlib.Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 100_000_000, -1))
try:
    read_photograph(pathlib.Path(sys.argv[1]))
except ImageError as error:
    print(error.problem)
"""
    run = in_a_new_process(code, path)
    assert run.stdout.strip() == "the image does not fit into the free memory; make it smaller"


# Thumbnails ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "TIFF", "WEBP", "BMP"])
@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (800, 600, (48, 64, 3)),
        (600, 800, (64, 48, 3)),
        (30, 30, (64, 64, 3)),
        (2000, 1, (1, 64, 3)),
    ],
)
def test_the_longer_side_of_a_thumbnail_is_as_asked(
    tmp_path: Path, format_: str, width: int, height: int, expected: tuple[int, int, int]
) -> None:
    image = Image.new("RGB", (width, height), (200, 100, 50))
    pixels = thumbnail(saved(tmp_path / "eye", image, format_), 64)
    assert pixels.shape == expected
    assert np.abs(pixels - np.array([200.0, 100, 50])).max() <= 5


def test_a_thumbnail_shows_what_the_photograph_shows(tmp_path: Path) -> None:
    smooth = Image.fromarray(gradient(60, 40)).resize((1200, 800), Image.Resampling.BICUBIC)
    path = saved(tmp_path / "eye.jpg", smooth, "JPEG", quality=95)
    whole = Image.fromarray(load_image(path)).resize((60, 40), Image.Resampling.BICUBIC)
    assert np.abs(thumbnail(path, 60) - np.asarray(whole, float)).mean() < 3


def test_a_thumbnail_of_16_bit_grey_is_not_white(tmp_path: Path) -> None:
    values = np.full((100, 100), 0x4000, np.uint16)
    assert (thumbnail(saved(tmp_path / "a.png", Image.fromarray(values)), 16) == 0x40).all()


def test_real_photographs_are_read_without_a_warning(fundus_data: Path) -> None:
    paths = list(find_images([fundus_data]))
    assert paths
    for path in paths[:: max(1, len(paths) // 50)]:
        photograph = read_photograph(path)
        assert photograph.pixels.mean() > 1
        assert photograph.warnings == ()
        assert max(thumbnail(path, 96).shape) == 96

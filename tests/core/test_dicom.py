"""A DICOM photograph becomes the right pixels or a sentence, and its patient stays unknown."""

from __future__ import annotations

import hashlib
import importlib
import io
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms
from pydicom import dcmread
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from fundus_gui.core.errors import ImageError
from fundus_gui.core.images import Photograph, find_images, read_photograph, thumbnail
from fundus_gui.core.images.dicom import ALLOWED_TAGS

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # of pydicom, which the module hides

SCRIPTS = Path(__file__).resolve().parents[2] / "build_scripts"
GREY = "greyscale, without colour"
WINDOW = "brightness and contrast as the DICOM header sets them"
BURNED_IN = "the DICOM header does not rule out that text in the picture names the patient"


def script(name: str) -> ModuleType:
    if str(SCRIPTS) not in sys.path:
        sys.path.append(str(SCRIPTS))
    return importlib.import_module(name)


dicom_files = script("fuzzing.dicom_files")
dicom_file: Callable[..., bytes] = dicom_files.dicom_file


def colours(width: int = 80, height: int = 60) -> NDArray[np.uint8]:
    """No two rows, columns or corners are alike."""
    y, x = np.mgrid[:height, :width]
    return np.stack([3 * x + 9, 4 * y + 2, x + y], axis=-1).astype(np.uint8)


def encoded(pixels: NDArray[np.uint8], format_: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format_, **options)
    return stream.getvalue()


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Photograph]:
    def read_content(content: bytes, **options: int) -> Photograph:
        path = tmp_path / "eye"
        path.write_bytes(content)
        return read_photograph(path, **options)

    return read_content


@pytest.fixture
def problem(read: Callable[..., Photograph]) -> Callable[..., str]:
    def problem_of(content: bytes, **options: int) -> str:
        with pytest.raises(ImageError) as caught:
            read(content, **options)
        assert caught.value.sha256 == hashlib.sha256(content).hexdigest()
        return caught.value.problem

    return problem_of


Read = Callable[..., Photograph]
Problem = Callable[..., str]

# Finding ------------------------------------------------------------------------------------------


def test_dicom_files_are_found_by_suffix_or_by_being_named(tmp_path: Path) -> None:
    for name in ("a.dcm", "b.DCM", "IM0001"):
        (tmp_path / name).write_bytes(dicom_file(colours()))
    assert [path.name for path in find_images([tmp_path])] == ["a.dcm", "b.DCM"]
    assert [path.name for path in find_images([tmp_path / "IM0001"])] == ["IM0001"]
    np.testing.assert_array_equal(read_photograph(tmp_path / "IM0001").pixels, colours())


# Pixels -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian]
)
def test_plain_colours_come_back_unchanged(read: Read, syntax: UID) -> None:
    content = dicom_file(colours(), syntax=syntax)
    photograph = read(content)
    np.testing.assert_array_equal(photograph.pixels, colours())
    assert photograph.warnings == ()
    assert photograph.sha256 == hashlib.sha256(content).hexdigest()


def test_colours_may_lie_plane_by_plane(read: Read) -> None:
    planes = np.ascontiguousarray(colours().transpose(2, 0, 1)).reshape(60, 80, 3)
    photograph = read(dicom_file(planes, PlanarConfiguration=1))
    np.testing.assert_array_equal(photograph.pixels, colours())


def test_luminance_and_chrominance_become_rgb(read: Read) -> None:
    image = Image.new("RGB", (8, 6), (200, 100, 50)).convert("YCbCr")
    photograph = read(dicom_file(np.asarray(image), PhotometricInterpretation="YBR_FULL"))
    assert np.abs(photograph.pixels - np.array([200.0, 100, 50])).max() <= 2


def test_16_bit_colours_keep_their_upper_bits(read: Read) -> None:
    for bits in (12, 16):
        values = colours().astype(np.uint16) << (bits - 8) | 5
        photograph = read(dicom_file(values, BitsStored=bits, HighBit=bits - 1))
        np.testing.assert_array_equal(photograph.pixels, colours())
        assert photograph.warnings == ("16-bit channels scaled to 8 bits",)


@pytest.mark.parametrize("space", ["YBR_FULL_422", "RGB"])
def test_a_jpeg_is_read_in_the_colours_that_the_header_names(read: Read, space: str) -> None:
    # Without the Adobe marker nothing in the JPEG tells the two apart.
    options = {"keep_rgb": True} if space == "RGB" else {}
    jpeg = encoded(np.full((48, 64, 3), (200, 100, 50), np.uint8), "JPEG", **options)
    jpeg = jpeg.replace(b"\x03R\x11\0G\x11\0B\x11\0", b"\x03\x01\x11\0\x02\x11\0\x03\x11\0")
    jpeg = jpeg.replace(b"\x03R\0G\0B\0", b"\x03\x01\0\x02\0\x03\0")
    start = jpeg.find(b"\xff\xee")  # what is left of Adobe's marker
    if start >= 0:
        jpeg = jpeg[:start] + jpeg[start + 16 :]
    content = dicom_file(
        np.zeros((48, 64, 3), np.uint8),
        syntax=JPEGBaseline8Bit,
        frames=[jpeg],
        PhotometricInterpretation=space,
    )
    assert np.abs(read(content).pixels - np.array([200.0, 100, 50])).max() <= 3


@pytest.mark.parametrize("channels", [1, 3])
def test_a_lossless_jpeg_gives_every_pixel_back(read: Read, channels: int) -> None:
    pixels = colours()[..., :channels]
    content = dicom_file(
        pixels[..., 0] if channels == 1 else pixels,
        syntax=JPEGLosslessSV1,
        frames=[dicom_files.lossless_jpeg(pixels)],
    )
    np.testing.assert_array_equal(read(content).pixels, np.broadcast_to(pixels, (60, 80, 3)))


def test_a_large_jpeg_is_decoded_no_finer_than_asked(read: Read) -> None:
    jpeg = encoded(colours(640, 480), "JPEG")
    content = dicom_file(
        colours(640, 480),
        syntax=JPEGBaseline8Bit,
        frames=[jpeg],
        PhotometricInterpretation="YBR_FULL_422",
    )
    photograph = read(content, enough=120)
    assert (photograph.pixels.shape, photograph.reduction) == ((120, 160, 3), 4)


@pytest.mark.parametrize("bits", [8, 12])
def test_a_lossless_jpeg_2000_gives_every_pixel_back(read: Read, bits: int) -> None:
    if bits == 8:
        pixels: NDArray[Any] = colours()
        header: dict[str, Any] = {"PhotometricInterpretation": "YBR_RCT"}
        frame = encoded(pixels, "JPEG2000", no_jp2=True, mct=1)
    else:
        pixels = colours()[..., 0].astype(np.uint16) << 8
        header, frame = {}, encoded(pixels, "JPEG2000", no_jp2=True)
    content = dicom_file(pixels, syntax=JPEG2000Lossless, frames=[frame], **header)
    expected = pixels if bits == 8 else np.repeat(pixels[..., None] >> 8, 3, axis=-1)
    np.testing.assert_array_equal(read(content).pixels, expected)


def test_grey_is_shown_in_three_equal_channels(read: Read) -> None:
    grey = colours()[..., 0]
    photograph = read(dicom_file(grey))
    np.testing.assert_array_equal(photograph.pixels, np.repeat(grey[..., None], 3, axis=-1))
    assert photograph.warnings == (GREY,)


def test_where_zero_is_white_grey_is_turned_over(read: Read) -> None:
    grey = colours()[..., 0]
    photograph = read(dicom_file(grey, PhotometricInterpretation="MONOCHROME1"))
    np.testing.assert_array_equal(photograph.pixels[..., 1], 255 - grey)


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("bits", [10, 12, 16])
def test_deep_grey_keeps_its_upper_bits(read: Read, bits: int, signed: bool) -> None:
    values = np.arange(2**bits).astype(np.uint16).reshape(32, -1)
    stored = values.astype(np.int32) - 2 ** (bits - 1) if signed else values
    content = dicom_file(
        stored.astype(np.int16).view(np.uint16) if signed else stored,
        BitsStored=bits,
        HighBit=bits - 1,
        PixelRepresentation=int(signed),
    )
    photograph = read(content)
    np.testing.assert_array_equal(photograph.pixels[..., 0], values >> (bits - 8))
    assert photograph.warnings == (f"{bits}-bit grey scaled to 8 bits", GREY)


def test_the_window_of_the_header_is_applied_to_rescaled_values(read: Read) -> None:
    values = np.array([[0, 1000, 1500, 2000, 4095]], np.uint16)
    header = {"BitsStored": 12, "HighBit": 11, "RescaleSlope": 2, "RescaleIntercept": 100}
    window = {"WindowCenter": [3100, 1], "WindowWidth": [2001, 1]}  # 2100 to 4100; the first counts
    photograph = read(dicom_file(values, **header, **window))
    assert photograph.pixels[0, :, 0].tolist() == pytest.approx([0, 0, 128, 255, 255], abs=1)
    assert photograph.warnings == ("12-bit grey scaled to 8 bits", WINDOW, GREY)


@pytest.mark.parametrize(
    "header",
    [
        {"WindowCenter": 5, "WindowWidth": 0},
        {"WindowCenter": 5, "WindowWidth": "9e999"},
        {"RescaleSlope": 0, "RescaleIntercept": 0},
        {"WindowCenter": 5, "WindowWidth": 9, "VOILUTFunction": "CUBIC"},
    ],
)
def test_impossible_brightness_is_refused(problem: Problem, header: dict[str, Any]) -> None:
    said = problem(dicom_file(colours()[..., 0], **header))
    assert said.startswith("its window or rescale values are impossible")


@pytest.mark.parametrize("depth", [8, 16])
def test_a_palette_gives_its_colours(read: Read, depth: int) -> None:
    table = np.arange(256).astype(np.uint8)
    header: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for name, entries in {"Red": table, "Green": 255 - table, "Blue": table // 2}.items():
        deep = entries.astype("<u2") << 8 if depth == 16 else entries
        header[f"{name}PaletteColorLookupTableDescriptor"] = [256, 0, depth]
        header[f"{name}PaletteColorLookupTableData"] = deep.tobytes()
    values = colours()[..., 0]
    photograph = read(dicom_file(values, **header))
    expected = np.stack([values, 255 - values, values // 2], axis=-1)
    np.testing.assert_array_equal(photograph.pixels, expected)
    assert photograph.warnings == ("palette of at most 256 colours",)


def test_a_colour_profile_is_converted_to_srgb(read: Read) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = srgb.replace(b"rXYZ", b"swap").replace(b"gXYZ", b"rXYZ").replace(b"swap", b"gXYZ")
    photograph = read(dicom_file(np.full((8, 8, 3), (200, 100, 50), np.uint8), ICCProfile=swapped))
    assert np.abs(photograph.pixels - np.array([100.0, 200, 50])).max() <= 5
    assert "colours converted from the photograph's own profile" in photograph.warnings[0]


@pytest.mark.parametrize("compressed", [False, True])
def test_of_several_pictures_the_first_is_read(read: Read, compressed: bool) -> None:
    first, second = colours(), colours()[::-1]
    if compressed:
        frames = [dicom_files.lossless_jpeg(first), dicom_files.lossless_jpeg(second)]
        content = dicom_file(first, syntax=JPEGLosslessSV1, frames=frames, NumberOfFrames=2)
    else:
        both = np.concatenate([first, second])
        content = dicom_file(both, Rows=60, NumberOfFrames=2)
    photograph = read(content)
    np.testing.assert_array_equal(photograph.pixels, first)
    assert photograph.warnings == ("the file holds several images; the first was read",)


@pytest.mark.parametrize("answer", ["YES", None, ""])
def test_text_in_the_picture_is_warned_of_unless_ruled_out(read: Read, answer: str | None) -> None:
    assert read(dicom_file(colours(), BurnedInAnnotation=answer)).warnings == (BURNED_IN,)


def test_a_thumbnail_shows_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "eye.dcm"
    path.write_bytes(dicom_file(np.full((40, 80, 3), (200, 100, 50), np.uint8)))
    assert (thumbnail(path, 20) == (200, 100, 50)).all()
    assert thumbnail(path, 20).shape == (10, 20, 3)


# Refusals -----------------------------------------------------------------------------------------

BLACK = np.zeros((6, 8, 3), np.uint8)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\0" * 128 + b"DICM", "the DICOM data is truncated or damaged"),
        (b"\0" * 128 + b"DICM" + b"\xff" * 500, "the DICOM data is truncated or damaged"),
        (dicom_file(BLACK)[:-1], "the DICOM data is truncated or damaged"),
        (dicom_file(BLACK, Rows=7), "the DICOM data is truncated or damaged"),
        (dicom_file(BLACK, Rows=None), "the DICOM data is truncated or damaged"),
        (dicom_file(BLACK, Rows=0), "the DICOM data is truncated or damaged"),
        (dicom_file(BLACK, PhotometricInterpretation="HSV"), "its colours (HSV) are not read"),
        (dicom_file(BLACK[..., 0], BitsAllocated=64), "its pixels have 64 bits"),
        (dicom_file(BLACK[..., 0], PhotometricInterpretation="RGB"), "its colours (RGB)"),
        (dicom_file(BLACK, syntax=RLELossless, frames=[b"12"]), "its way of storing pixels (RLE"),
        (dicom_file(BLACK, syntax=JPEGLSLossless, frames=[b"12"]), "its way of storing pixels"),
        (
            dicom_file(BLACK, syntax=JPEGBaseline8Bit, frames=[b"no JPEG, but of even length"]),
            "the DICOM header is truncated or damaged",
        ),
        (
            dicom_file(BLACK, syntax=JPEGExtended12Bit, frames=[encoded(BLACK, "JPEG")[:300]]),
            "the DICOM ",
        ),
        (
            dicom_file(BLACK, syntax=JPEGBaseline8Bit, frames=[encoded(BLACK[1:], "JPEG")]),
            "its header and its picture differ in size",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(
    problem: Problem, content: bytes, said: str
) -> None:
    assert problem(content).startswith(said)


def test_a_document_without_a_picture_is_refused(problem: Problem) -> None:
    dataset = dcmread(io.BytesIO(dicom_file(BLACK)))
    del dataset.PixelData
    stream = io.BytesIO()
    dataset.save_as(stream)
    assert problem(stream.getvalue()).startswith("the DICOM file holds no picture")


def test_a_deflated_file_is_refused_before_it_is_inflated(problem: Problem) -> None:
    dataset = dcmread(io.BytesIO(dicom_file(BLACK)))
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    dataset.ImageComments = "0" * 1_000_000
    stream = io.BytesIO()
    dataset.save_as(stream, implicit_vr=False, little_endian=True)
    assert len(stream.getvalue()) < 10_000
    assert problem(stream.getvalue()).startswith("its way of storing pixels (Deflated")


def test_too_many_pixels_are_refused_by_the_header_alone(problem: Problem) -> None:
    assert "megapixels" in problem(dicom_file(BLACK, Rows=60_000, Columns=60_000))
    assert "0.0048 megapixels (80 × 60)" in problem(dicom_file(colours()), max_pixels=4799)


def test_a_jpeg_larger_than_its_header_says_is_not_decoded(problem: Problem) -> None:
    jpeg = bytearray(encoded(colours(), "JPEG"))
    frame = jpeg.index(b"\xff\xc0")
    jpeg[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"  # 65,535 x 65,535
    for pixels in (BLACK, BLACK[..., 0]):
        content = dicom_file(pixels, syntax=JPEGBaseline8Bit, frames=[bytes(jpeg)])
        assert problem(content).startswith("its header and its picture differ in size")


def test_a_jpeg_that_would_be_decoded_over_and_over_is_refused(problem: Problem) -> None:
    jpeg = encoded(colours(), "JPEG", progressive=True)
    scan = jpeg[jpeg.rindex(b"\xff\xda") : -2]
    bomb = jpeg[:-2] + 500 * scan + jpeg[-2:]
    for pixels in (colours(), colours()[..., 0]):
        content = dicom_file(pixels, syntax=JPEGBaseline8Bit, frames=[bomb])
        assert problem(content).startswith("the JPEG has 5")


# Privacy ------------------------------------------------------------------------------------------

IDENTIFYING = {
    "PatientName": "Token^Aaaa",
    "PatientID": "TokenBbbb",
    "PatientBirthDate": "19010203",
    "AccessionNumber": "TokenCccc",
    "InstitutionName": "TokenDddd",
    "ReferringPhysicianName": "Token^Eeee",
    "StudyDescription": "TokenFfff",
    "ImageComments": "TokenGggg",
}


def test_no_allowed_element_identifies_a_patient() -> None:
    """Every one is of the groups that describe pixels, where no name, date or number is kept."""
    from pydicom.datadict import tag_for_keyword

    groups = {(tag_for_keyword(name) or 0) >> 16 for name in ALLOWED_TAGS}
    assert groups == {0x0028, 0x7FE0}


def test_nothing_that_identifies_a_patient_is_said_or_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, recwarn: pytest.WarningsRecorder
) -> None:
    whole = dicom_file(colours(), **IDENTIFYING, BurnedInAnnotation="YES")
    path = tmp_path / "eye.dcm"
    with caplog.at_level(logging.DEBUG):
        for content in (whole, whole[:-100], whole[:700]):
            path.write_bytes(content)
            try:
                said = repr(read_photograph(path).warnings)
            except ImageError as error:
                said = f"{error} {error.__cause__!r}"
            assert "Token" not in said
            assert "1901" not in said
    assert "Token" not in caplog.text
    assert not any("Token" in str(warning.message) for warning in recwarn)


def test_nothing_is_said_on_the_terminal(tmp_path: Path) -> None:
    """Of this invalid number pydicom would warn, through the middle of a progress bar."""
    good = dicom_file(colours()[..., 0], WindowCenter="128.5", WindowWidth="256.25")
    path = tmp_path / "eye.dcm"
    path.write_bytes(good.replace(b"128.5 ", b"12x.5 "))
    code = (
        "import sys, pathlib; from fundus_gui.core.images import read_photograph\n"
        "try: read_photograph(pathlib.Path(sys.argv[1]))\n"
        "except Exception as error: print(type(error).__name__)"
    )
    run = subprocess.run(
        [sys.executable, "-W", "default", "-c", code, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.stdout.strip(), run.stderr, run.returncode) == ("ImageError", "", 0)


def test_real_dicom_photographs_are_read_without_a_warning(fundus_data: Path) -> None:
    paths = sorted(fundus_data.rglob("*.dcm"))
    if not paths:
        pytest.skip(f"{fundus_data} holds no DICOM files.")
    for path in paths:
        photograph = read_photograph(path)
        assert photograph.warnings == ()
        expected = dcmread(path).pixel_array
        np.testing.assert_array_equal(photograph.pixels, expected)

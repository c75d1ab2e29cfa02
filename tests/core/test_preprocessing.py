"""No retina is cut, no black surround is kept, and every setting does what it says."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from fundus_gui.core.errors import ConfigError
from fundus_gui.core.images import find_images, load_image
from fundus_gui.core.preprocessing import FieldOfView, Preprocessing, find_field_of_view

Pixels = NDArray[np.uint8]

RETINA = (170, 85, 45)


def eye(
    width: int = 600,
    height: int = 500,
    *,
    centre: tuple[float, float] = (300, 250),
    radius: float = 220,
    colour: tuple[int, int, int] = RETINA,
    black: int = 0,
    noise: float = 0,
) -> Pixels:
    """Draw an evenly lit disc on an even black."""
    y, x = np.mgrid[:height, :width]
    inside = np.hypot(x + 0.5 - centre[0], y + 0.5 - centre[1]) <= radius
    picture = np.where(inside[..., None], colour, black).astype(float)
    picture += np.random.default_rng(0).normal(0, noise, picture.shape) if noise else 0
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def box_of_disc(pixels: Pixels, centre: tuple[float, float], radius: float) -> FieldOfView:
    height, width = pixels.shape[:2]
    (x, y), r = centre, radius
    left, top = max(0, math.floor(x - r)), max(0, math.floor(y - r))
    return FieldOfView(left, top, min(width, math.ceil(x + r)), min(height, math.ceil(y + r)))


def edges(box: FieldOfView) -> NDArray[np.int64]:
    """Return how far each edge lies outwards, a pixel that is kept in part as kept."""
    left, top = math.floor(box.left), math.floor(box.top)
    return np.array((-left, -top, math.ceil(box.right), math.ceil(box.bottom)))


def assert_framed(pixels: Pixels, expected: FieldOfView) -> None:
    """Nothing of the expected box is cut, and hardly more than it is kept."""
    excess = edges(find_field_of_view(pixels)) - edges(expected)
    assert (excess >= 0).all(), f"retina is cut: {excess}"
    cell = max(1, max(pixels.shape) / 256)
    assert (excess <= 3 * cell).all(), f"black is kept: {excess}"


def whole(pixels: Pixels) -> FieldOfView:
    return FieldOfView(0, 0, pixels.shape[1], pixels.shape[0])


# Field of view ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("centre", "radius"),
    [
        ((300, 250), 220),
        ((300, 250), 290),
        ((300, 250), 249.5),
        ((380, 260), 180),
        ((120, 130), 200),
        ((640, 250), 260),
        ((300, 470), 250),
        ((300, 250), 100),
    ],
    ids=["full", "cut_top_bottom", "touching", "off_centre", "cut_at_a_corner", "half_outside",
         "lower_half", "small"],
)  # fmt: skip
@pytest.mark.parametrize(
    ("colour", "black", "noise"),
    [
        (RETINA, 0, 0),
        (RETINA, 2, 2),
        (RETINA, 12, 6),
        ((14, 9, 5), 0, 0),
        ((26, 14, 8), 4, 2),
        ((60, 140, 60), 0, 1),
        ((255, 255, 255), 0, 0),
    ],
    ids=["clean", "jpeg", "noisy", "dim", "dim_noisy", "green", "white"],
)
def test_the_disc_is_framed(
    centre: tuple[float, float],
    radius: float,
    colour: tuple[int, int, int],
    black: int,
    noise: float,
) -> None:
    pixels = eye(centre=centre, radius=radius, colour=colour, black=black, noise=noise)
    assert_framed(pixels, box_of_disc(pixels, centre, radius))


@given(st.data())
@settings(max_examples=60)
def test_any_disc_in_any_frame_is_framed(data: st.DataObject) -> None:
    short = data.draw(st.integers(40, 500))
    width, height = (short + data.draw(st.integers(0, short)) for _ in range(2))
    radius = data.draw(st.floats(0.4, 0.7)) * short
    centre = tuple(side / 2 + data.draw(st.floats(-0.2, 0.2)) * short for side in (width, height))
    black = data.draw(st.integers(0, 15))
    colour = (black + data.draw(st.integers(25, 200)), 20, 10)
    pixels = eye(width, height, centre=centre, radius=radius, colour=colour, black=black)
    assert_framed(pixels, box_of_disc(pixels, centre, radius))


def test_a_large_photograph_is_framed_to_the_cell() -> None:
    pixels = eye(2400, 1600, centre=(1210, 800), radius=1110, black=1)
    assert_framed(pixels, box_of_disc(pixels, (1210, 800), 1110))


def test_labels_and_dust_in_the_black_do_not_count() -> None:
    image = Image.fromarray(eye(800, 500, centre=(400, 250), radius=200))
    draw = ImageDraw.Draw(image)
    draw.text((8, 6), "OD 2026-11-22 12:01:34", fill="white", font_size=18)
    draw.text((700, 470), "R", fill="white", font_size=24)
    draw.rectangle((0, 0, 799, 499), outline="white")
    for x, y in ((60, 200), (720, 30), (30, 440)):
        draw.ellipse((x, y, x + 5, y + 5), fill="white")
    pixels = np.asarray(image)
    assert_framed(pixels, box_of_disc(pixels, (400, 250), 200))


def test_a_notch_at_the_rim_does_no_harm() -> None:
    image = Image.fromarray(eye())
    ImageDraw.Draw(image).polygon([(285, 35), (315, 35), (300, 20)], fill=RETINA)
    excess = edges(find_field_of_view(np.asarray(image))) - edges(FieldOfView(80, 30, 520, 470))
    assert (excess >= 0).all()
    assert excess.max() <= 16


def test_the_dark_side_of_an_unevenly_lit_eye_is_retina_too() -> None:
    light = 0.06 + 0.94 / (1 + np.exp((200 - np.arange(600)) / 15))
    pixels = np.rint(eye() * light[None, :, None]).astype(np.uint8)
    assert_framed(pixels, FieldOfView(80, 30, 520, 470))


@pytest.mark.parametrize("darkest", [45, 60, 120])
def test_retina_that_fills_the_frame_is_kept_whole(darkest: int) -> None:
    ramp = np.linspace(darkest, 230, 640)
    across = np.broadcast_to(ramp[None, :, None], (480, 640, 3)).astype(np.uint8)
    y, x = np.mgrid[-1:1:480j, -1:1:640j]
    vignetted = np.repeat((230 - (230 - darkest) * (x**2 + y**2) / 2)[..., None], 3, axis=2)
    for pixels in (across, across[:, ::-1], across.transpose(1, 0, 2), vignetted.astype(np.uint8)):
        assert find_field_of_view(np.ascontiguousarray(pixels)) == whole(pixels)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((90, 120, 3), np.uint8),
        np.full((90, 120, 3), 255, np.uint8),
        np.full((90, 120, 3), 7, np.uint8),
        np.full((1, 1, 3), 200, np.uint8),
        np.zeros((1, 1, 3), np.uint8),
        np.full((1, 3000, 3), 200, np.uint8),
        np.full((3000, 1, 3), 200, np.uint8),
        np.full((4, 4000, 3), 90, np.uint8),
        eye(600, 500, radius=8),
        eye(600, 500, centre=(20, 250), radius=30),
        np.random.default_rng(0).integers(0, 6, (200, 200, 3), np.uint8),
    ],
    ids=["black", "white", "near_black", "1_white", "1_black", "row", "column", "strip",
         "tiny_disc", "dot_at_the_rim", "noise"],
)  # fmt: skip
def test_where_no_disc_stands_out_the_frame_is_kept_whole(pixels: Pixels) -> None:
    assert find_field_of_view(pixels) == whole(pixels)


@given(arrays(np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 60), st.just(3))))
@settings(max_examples=60)
def test_the_box_lies_within_any_picture(pixels: Pixels) -> None:
    box = find_field_of_view(pixels)
    assert 0 <= box.left < box.right <= pixels.shape[1]
    assert 0 <= box.top < box.bottom <= pixels.shape[0]
    assert (box.width, box.height) == (box.right - box.left, box.bottom - box.top)


def test_a_mirrored_eye_has_a_mirrored_box() -> None:
    pixels = eye(centre=(250, 230), radius=190)
    box = find_field_of_view(pixels)
    mirrored = find_field_of_view(np.ascontiguousarray(pixels[:, ::-1]))
    assert (mirrored.top, mirrored.bottom) == (box.top, box.bottom)
    assert abs(mirrored.left - (600 - box.right)) <= 3
    assert abs(mirrored.right - (600 - box.left)) <= 3


def test_real_photographs_keep_their_retina(fundus_data: Path) -> None:
    paths = list(find_images([fundus_data]))
    for path in paths[:: max(1, len(paths) // 100)]:
        pixels = load_image(path)
        box = find_field_of_view(pixels)
        outside = pixels.max(axis=2)
        outside[box.top : box.bottom, box.left : box.right] = 0
        assert (outside > 40).mean() < 1e-3, path.name
        assert box.width * box.height > 0.3 * pixels.shape[0] * pixels.shape[1], path.name
        assert 0.6 < box.width / box.height < 1.7, path.name
        view = Preprocessing(size=64).view(pixels)
        assert view[16:48, 16:48].mean() > 4, path.name


# The view -----------------------------------------------------------------------------------------


pictures = arrays(np.uint8, st.tuples(st.integers(1, 50), st.integers(1, 50), st.just(3)))
preprocessings = st.builds(
    Preprocessing,
    size=st.integers(16, 80),
    framing=st.sampled_from(["field-of-view", "squash", "center-crop"]),
    crop_fraction=st.floats(0.1, 1),
    interpolation=st.sampled_from(["bilinear", "bicubic"]),
    contrast=st.sampled_from(["none", "ben-graham"]),
)


@given(pictures, preprocessings)
def test_any_picture_becomes_a_finite_input_of_the_size_asked_for(
    pixels: Pixels, preprocessing: Preprocessing
) -> None:
    before, size = pixels.copy(), preprocessing.size
    view = preprocessing.view(pixels)
    assert (view.shape, view.dtype) == ((size, size, 3), np.uint8)
    tensor = preprocessing.apply(pixels)
    assert (tensor.shape, tensor.dtype) == ((3, size, size), np.float32)
    assert tensor.flags.c_contiguous
    assert tensor.flags.writeable
    assert np.isfinite(tensor).all()
    np.testing.assert_array_equal(tensor, preprocessing.normalise(view))
    np.testing.assert_array_equal(tensor, preprocessing.apply(pixels))
    np.testing.assert_array_equal(pixels, before)


def test_normalising_scales_each_channel_by_its_own_mean_and_std() -> None:
    preprocessing = Preprocessing(size=16, mean=(0.1, 0.2, 0.3), std=(0.5, 0.25, 2))
    view = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    tensor = preprocessing.normalise(view)
    for channel, (mean, std) in enumerate(((0.1, 0.5), (0.2, 0.25), (0.3, 2))):
        expected = (view[..., channel] / 255 - mean) / std
        np.testing.assert_allclose(tensor[channel], expected, rtol=1e-5, atol=1e-6)


def test_extreme_shapes_keep_at_least_a_line() -> None:
    for shape in ((1, 4000, 3), (4000, 1, 3)):
        view = Preprocessing(size=64).view(np.full(shape, 200, np.uint8))
        assert np.count_nonzero(view.any(axis=2)) == 64


def test_the_disc_fills_the_view_and_stays_round() -> None:
    pixels = eye(900, 500, centre=(600, 250), radius=200)
    view = Preprocessing(size=100).view(pixels)[..., 0] > 85
    for occupied in (np.flatnonzero(view.any(axis=0)), np.flatnonzero(view.any(axis=1))):
        assert occupied[0] <= 3
        assert occupied[-1] >= 96
    assert view.mean() == pytest.approx(math.pi / 4, abs=0.06)


def test_a_cut_disc_is_padded_with_black_on_both_sides_alike() -> None:
    view = Preprocessing(size=100).view(eye(600, 400, centre=(300, 200), radius=290))
    rows = np.flatnonzero(view.any(axis=(1, 2)))
    assert rows[0] == pytest.approx(99 - rows[-1], abs=1)
    assert len(rows) == pytest.approx(100 * 400 / 580, abs=3)
    assert not view[0].any()
    assert not view[-1].any()


def test_the_same_eye_looks_the_same_at_any_resolution() -> None:
    large = eye(2400, 2000, centre=(1250, 1000), radius=800)
    small = np.asarray(Image.fromarray(large).resize((600, 500), Image.Resampling.BOX))
    views = [Preprocessing(size=96).view(pixels).astype(int) for pixels in (large, small)]
    assert np.abs(views[0] - views[1]).mean() < 2


def test_shrinking_is_antialiased() -> None:
    board = np.zeros((600, 600, 3), np.uint8)
    board[::2, ::2] = board[1::2, 1::2] = 255
    for interpolation in ("bilinear", "bicubic"):
        view = Preprocessing(size=60, framing="squash", interpolation=interpolation).view(board)
        assert np.abs(view[2:-2, 2:-2].astype(int) - 128).max() <= 2


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
def test_squash_and_center_crop_are_pillows_own(interpolation: str) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (300, 400, 3), np.uint8)
    image, filter_ = Image.fromarray(pixels), Image.Resampling[interpolation.upper()]
    squash = Preprocessing(size=90, framing="squash", interpolation=interpolation)
    np.testing.assert_array_equal(squash.view(pixels), np.asarray(image.resize((90, 90), filter_)))
    # The short side to 90 / .75 = 120, then the central 90: the usual way for foreign weights.
    crop = dataclasses.replace(squash, framing="center-crop", crop_fraction=0.75)
    central = image.resize((160, 120), filter_).crop((35, 15, 125, 105))
    difference = crop.view(pixels).astype(int) - np.asarray(central)
    assert np.abs(difference).max() <= 1


# Contrast -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [128, 224, 512])
def test_ben_graham_turns_even_retina_and_surround_to_grey_without_a_halo(size: int) -> None:
    view = Preprocessing(size=size, contrast="ben-graham").view(eye())
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    distance = np.hypot(x, y) / size
    assert (view[distance > 0.51] == 128).all()
    assert np.abs(view[distance < 0.46].astype(int) - 128).max() <= 2


def test_ben_graham_evens_out_the_light_and_lifts_small_marks() -> None:
    ramp = np.linspace(0.5, 1, 600)[None, :, None]
    pixels = eye() * ramp
    pixels[240:260, 290:310] += 10
    view = Preprocessing(size=224, contrast="ben-graham").view(np.rint(pixels).astype(np.uint8))
    red = view[..., 0].astype(int)
    assert abs(red[112, 40] - red[112, 184]) <= 12  # without it: some 55 levels
    assert red[112, 112] - red[112, 140] >= 25


def test_ben_graham_works_on_a_dark_spot_inside_the_retina_too() -> None:
    pixels = eye()
    pixels[230:270, 280:320] = 0
    red = Preprocessing(size=224, contrast="ben-graham").view(pixels)[..., 0]
    assert red[112, 112] == 0


# Settings -----------------------------------------------------------------------------------------


def test_equal_settings_are_equal_and_share_a_hash() -> None:
    default = Preprocessing()
    same = Preprocessing(size=224, mean=(0.485, 0.456, 0.406))
    assert same == default
    assert len({default, same, dataclasses.replace(same, size=225)}) == 2


@pytest.mark.parametrize(
    ("settings_", "message"),
    [
        ({"size": 15}, "The input size must be 16 to 4096 pixels, not 15."),
        ({"size": 4097}, "The input size must be 16 to 4096 pixels, not 4097."),
        ({"size": 224.5}, "The input size must be 16 to 4096 pixels, not 224.5."),
        ({"size": "224"}, "The input size must be 16 to 4096 pixels, not 224."),
        ({"crop_fraction": 0.05}, "crop_fraction must be 0.1 to 1, not 0.05."),
        ({"crop_fraction": 1.5}, "crop_fraction must be 0.1 to 1, not 1.5."),
        ({"crop_fraction": math.nan}, "crop_fraction must be 0.1 to 1, not nan."),
        ({"framing": "x"}, "framing must be one of field-of-view, squash, center-crop, not 'x'."),
        ({"interpolation": "x"}, "interpolation must be one of bilinear, bicubic, not 'x'."),
        ({"contrast": "clahe"}, "contrast must be one of none, ben-graham, not 'clahe'."),
        ({"mean": (0.5, 0.5)}, "mean and std need three numbers each, std above 0."),
        ({"std": (1, 1, 1, 1)}, "mean and std need three numbers each, std above 0."),
        ({"std": (1, 0, 1)}, "mean and std need three numbers each, std above 0."),
        ({"std": (1, math.inf, 1)}, "mean and std must be finite numbers."),
        ({"mean": (0, math.nan, 0)}, "mean and std must be finite numbers."),
    ],
    ids=str,
)  # fmt: skip
def test_settings_that_no_network_could_use_are_refused(
    settings_: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        Preprocessing(**settings_)
    assert str(caught.value) == message


@pytest.mark.parametrize("size", [16, 2048])
def test_small_and_large_inputs_can_be_made(size: int) -> None:
    assert Preprocessing(size=size).apply(eye(64, 60, centre=(32, 30), radius=28)).shape[1] == size

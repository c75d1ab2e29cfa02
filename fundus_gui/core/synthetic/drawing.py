"""Puts anatomy, lesions and camera together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fundus_gui.core.synthetic import anatomy, lesions
from fundus_gui.core.synthetic.anatomy import DiscShape, Landmarks
from fundus_gui.core.synthetic.canvas import Canvas
from fundus_gui.core.synthetic.spec import FundusSpec

_NOISE = 0.012  # standard deviation of the sensor, of full scale
_BLACK = 0.008  # what a camera makes of nothing


def draw_fundus(spec: FundusSpec) -> NDArray[np.uint8]:
    """Draw one photograph, (H, W, 3) RGB; equal specs give equal pixels."""
    canvas = Canvas(spec)
    eye = anatomy.place_landmarks(canvas, spec.laterality)
    _paint_eye(canvas, eye, spec)
    _photograph(canvas, spec)
    pixels: NDArray[np.uint8] = (np.clip(canvas.colours, 0, 1) * 255 + 0.5).astype(np.uint8)
    return pixels


def _paint_eye(canvas: Canvas, eye: Landmarks, spec: FundusSpec) -> None:
    is_myopic = spec.condition == "pathologic_myopia"
    pigment = float(canvas.random.uniform(0.15, 0.85))
    anatomy.paint_choroid(canvas, 0.25 * pigment if is_myopic else pigment)
    if is_myopic:
        lesions.paint_tessellation(canvas, spec.severity)
    anatomy.paint_illumination(canvas)
    anatomy.paint_macula(canvas, eye)
    if spec.condition == "amd":
        lesions.paint_amd(canvas, eye, spec.severity)
    if is_myopic:
        lesions.paint_myopic_atrophy(canvas, eye, spec.severity)
    anatomy.paint_disc(canvas, eye, _disc_shape(canvas, spec))
    anatomy.paint_vessels(canvas, eye)
    if spec.condition == "diabetic_retinopathy":
        lesions.paint_diabetic_retinopathy(canvas, eye, spec.severity)
    if spec.condition == "cataract":
        lesions.veil(canvas, spec.severity)


def _disc_shape(canvas: Canvas, spec: FundusSpec) -> DiscShape:
    if spec.condition == "glaucoma":
        return DiscShape(cup_to_disc=0.62 + 0.24 * spec.severity, notch=spec.severity, pallor=0.4)
    if spec.condition == "pathologic_myopia":
        tilt = float(canvas.random.uniform(-0.5, 0.5))
        return DiscShape(cup_to_disc=0.3, aspect=0.94 - 0.25 * spec.severity, tilt=tilt)
    return DiscShape(cup_to_disc=float(canvas.random.uniform(0.22, 0.42)))


def _photograph(canvas: Canvas, spec: FundusSpec) -> None:
    """Optics, sensor, aperture: a touch of blur, noise, and black around the disc."""
    canvas.blurred(0.8)
    canvas.colours += canvas.random.normal(0, _NOISE, canvas.colours.shape).astype(np.float32)
    if spec.framing == "fills_frame":
        return
    x, y = canvas.axes()
    inside = np.clip((1 - np.hypot(x, y)) * np.float32(canvas.radius) + 0.5, 0, 1)
    if spec.framing == "cut":  # the little notch by which a camera marks which way is up
        notch = np.array([np.cos(-0.72), np.sin(-0.72)]) * 1.005
        inside = np.maximum(inside, canvas.ellipse_mask(notch, (0.035, 0.035), softness=0.004))
    canvas.colours *= inside[..., None]
    canvas.colours += np.float32(_BLACK) * (1 - inside[..., None])

"""Puts eye, lesions and camera together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fundus_gui.core.synthetic import anatomy, camera, lesions, vessels
from fundus_gui.core.synthetic.canvas import Canvas
from fundus_gui.core.synthetic.eye import make_eye
from fundus_gui.core.synthetic.spec import FundusSpec


def draw_fundus(spec: FundusSpec) -> NDArray[np.uint8]:
    """Draw one photograph, (H, W, 3) RGB; equal specs give equal pixels.

    The seed makes the eye; condition and severity change that same eye.
    """
    canvas = Canvas(spec)
    eye = make_eye(canvas, spec)
    choroid = anatomy.choroidal_vessels(canvas, eye)
    anatomy.paint_choroid(canvas, eye, choroid)
    anatomy.paint_macula(canvas, eye)
    if spec.condition == "amd":
        lesions.paint_amd(canvas, eye, choroid, spec.severity)
    if spec.condition == "glaucoma":
        lesions.paint_glaucoma(canvas, eye, choroid, spec.severity)
    if spec.condition == "pathologic_myopia":
        lesions.paint_myopic_atrophy(canvas, eye, choroid, spec.severity)
    anatomy.paint_nerve_fibres(canvas, eye)
    anatomy.paint_disc(canvas, eye)
    vessels.paint_vessels(canvas, eye, vessels.VEINS)
    vessels.paint_vessels(canvas, eye, vessels.ARTERIES)
    if spec.condition == "diabetic_retinopathy":
        lesions.paint_diabetic_retinopathy(canvas, eye, spec.severity)
    if spec.condition == "glaucoma":
        camera.fall_off(canvas, eye.disc - (4.0, 0.0), 17.0)
    if spec.condition == "pathologic_myopia":
        camera.fall_off(canvas, (7.0, 0.0), 18.0)
        canvas.blur(0.04)  # no focus fits the bottom and the rim of a staphyloma
    if spec.laterality == "OS":
        canvas.colours = np.ascontiguousarray(canvas.colours[:, ::-1])
    camera.illuminate(canvas)
    if spec.condition == "cataract":
        camera.cloud_lens(canvas, spec.severity)
    canvas.blur(0.018)
    return camera.photograph(canvas, spec)

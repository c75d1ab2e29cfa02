"""Paints the retina's arteries and veins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from fundus_gui.core.synthetic.canvas import Canvas, Colour, Line, Plane, Points
from fundus_gui.core.synthetic.eye import Eye
from fundus_gui.core.synthetic.growth import Tree, grow_tree

# A vessel is a cylinder: share of the width and of the blood's depth, from edge to middle.
_PROFILE = ((1.0, 0.58), (0.72, 0.24), (0.42, 0.18))


@dataclass(frozen=True, slots=True, kw_only=True)
class VesselKind:
    """What tells arteries from veins.

    Attributes:
        name: of the stream of random numbers.
        scale: of the widths.
        absorbance: of the blood, red, green and blue.
        reflex: strength of the bright line along the middle.
        winding: amplitude of the tortuosity in degrees.
    """

    name: str
    scale: float
    absorbance: Colour
    reflex: float
    winding: float


VEINS = VesselKind(
    name="veins", scale=1.38, absorbance=(0.36, 0.86, 0.60), reflex=0.20, winding=0.17
)
ARTERIES = VesselKind(
    name="arteries", scale=1.04, absorbance=(0.20, 0.66, 0.46), reflex=0.62, winding=0.12
)


def paint_vessels(canvas: Canvas, eye: Eye, kind: VesselKind) -> None:
    """Grow the tree of one kind from the disc and lay its blood over the picture."""
    random = canvas.stream(kind.name)
    tree = grow_tree(eye.disc, random)
    places = _wound(np.array(tree.places), eye.disc, kind.winding, random)
    from_disc = np.linalg.norm(places - eye.disc, axis=1)
    places[:, 0] += eye.nasal_shift * np.exp(-np.square(from_disc / 2.4))
    lines = list(_lines(tree, places, kind.scale * eye.vessel_width))
    depth: Plane = np.zeros((canvas.height, canvas.width), np.float32)
    for share, part in _PROFILE:
        narrowed = [line.narrowed(share) for line in lines if share == 1 or line.width > 0.09]
        depth += np.float32(part) * canvas.ribbons(narrowed)
    reflexes = canvas.ribbons([line.narrowed(0.26) for line in lines if line.width > 0.17])
    depth -= np.float32(kind.reflex) * canvas.softened(reflexes, 0.015)
    canvas.absorb(ndimage.gaussian_filter(depth, 0.022 * canvas.density), kind.absorbance)


def _lines(tree: Tree, places: Points, scale: float) -> Iterator[Line]:
    """Cut the tree into smooth lines, each following the widest child; stubs are left out."""
    radii = tree.radii()
    heir: dict[int, int] = {}
    for node, parent in enumerate(tree.parents):
        if parent >= 0 and (parent not in heir or radii[node] > radii[heir[parent]]):
            heir[parent] = node
    for node, parent in enumerate(tree.parents):
        if heir.get(parent) == node:
            continue
        chain = [node]
        while chain[-1] in heir:
            chain.append(heir[chain[-1]])
        if len(chain) < 6:
            continue
        points = ndimage.gaussian_filter1d(places[chain], 1.6, axis=0, mode="nearest")
        widths = ndimage.gaussian_filter1d(2 * scale * radii[chain], 3.0, mode="nearest")
        widths *= np.clip(np.arange(len(chain), 0, -1) / 9, 0.3, 1.0)  # tips fade away
        if parent >= 0:
            points[0] = places[node]
            points = np.vstack([places[parent], points])
            widths = np.concatenate([widths[:1], widths])
        # What is thinner than the optics resolve looks pale, not narrow.
        value = float(np.clip((widths.max() / 0.30) ** 0.45, 0.35, 1.0))
        yield Line(points, widths, value)


def _wound(places: Points, disc: Points, amplitude: float, random: np.random.Generator) -> Points:
    """Shift the nodes by a smooth random field that vanishes at the disc."""
    wound = places.copy()
    away = np.minimum(1.0, np.linalg.norm(places - disc, axis=1) / 5)
    for wavelength, share in ((4.5, 1.0), (1.9, 0.28)):
        turns = random.uniform(0, 2 * np.pi, 6)
        waves = 2 * np.pi / (wavelength * random.uniform(0.8, 1.25, 6))
        along = places @ (waves * np.stack([np.cos(turns), np.sin(turns)]))
        for axis in range(2):
            swing = np.sin(along + random.uniform(0, 2 * np.pi, 6)).sum(axis=1) / np.sqrt(3)
            wound[:, axis] += amplitude * share * away * swing
    return wound

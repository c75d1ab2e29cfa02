"""Grows the branching tree of one kind of retinal vessel.

The arcades are laid as smooth curves; everything finer grows towards tissue that still lacks
blood (space colonisation: Runions et al., "Modeling and visualization of leaf venation
patterns", SIGGRAPH 2005), and Murray's law makes the widths.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.interpolate import make_interp_spline

from fundus_gui.core.synthetic.canvas import Points

_STEP = 0.35  # degrees between two nodes
_REACH = 8.0  # degrees within which tissue attracts a vessel
_SUPPLIED = 1.3  # degrees within which a vessel feeds it
_TISSUE_SPACING = 2.0  # degrees
_AVASCULAR = 1.4  # degrees around the fovea without vessels
_EDGE = 29.0  # degrees from the fovea at which growth ends
_FORKING = 0.11  # chance per step that a vessel's side sprouts where it may
_FORK_SPACING = 1.6  # degrees between two forks
_MURRAY = 2.7  # exponent of the radii at a fork
_TWIG = 0.030  # degrees, radius of the finest vessels

# Control points in degrees from the disc, for the upper half and mirrored for the lower.
_ARCADES = (
    ((0.5, 0.9), (0.25, -1.7), (-1.3, -4.8), (-4.8, -8.0), (-11.0, -9.6), (-18.5, -9.4), (-30, -7)),
    ((0.6, 0.9), (0.9, -1.7), (2.6, -5.0), (4.9, -9.5), (6.4, -15.5), (7.4, -23.0)),
)
_TWIGS = (
    ((0.3, -0.3), (-2.6, -1.1), (-6.0, -1.7), (-10.5, -1.7)),
    ((0.2, -0.2), (3.0, -0.8), (7.0, -1.6), (13.0, -1.8)),
)
_BRANCHES = (  # leave the temporal arcade outwards, towards the macula, and late
    ((-1.6, -5.0), (-2.6, -8.4), (-5.6, -13.0), (-10.5, -17.0), (-18.0, -21.0)),
    ((-3.6, -7.0), (-6.8, -6.9), (-11.0, -5.6), (-16.5, -4.4), (-22.0, -4.4)),
    ((-9.0, -9.4), (-13.0, -11.6), (-18.0, -12.8), (-25.0, -12.6)),
)


@dataclass(slots=True)
class Tree:
    """Nodes in the order in which they grew: a parent always precedes its children.

    Attributes:
        places: of the nodes, each (2,) in degrees.
        headings: unit vectors from the parent; zero at a root.
        parents: index of each node's parent, -1 at a root.
        has_child: whether something grew from the node.
        forks: places that branched already.
        tip_radius: radius in degrees of the tips that are wider than a twig.
    """

    places: list[Points] = field(default_factory=list)
    headings: list[Points] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    has_child: list[bool] = field(default_factory=list)
    forks: list[Points] = field(default_factory=list)
    tip_radius: dict[int, float] = field(default_factory=dict)

    def add(self, place: Points, parent: int) -> int:
        """Add one node and return its index."""
        heading = np.zeros(2)
        if parent >= 0:
            ahead = place - self.places[parent]
            heading = ahead / (np.linalg.norm(ahead) + 1e-9)
            self.has_child[parent] = True
        self.places.append(place)
        self.headings.append(heading)
        self.parents.append(parent)
        self.has_child.append(False)
        return len(self.places) - 1

    def add_line(self, line: Points, tip_radius: float, parent: int = -1) -> None:
        """Add a line of nodes, a root unless it has a parent."""
        last = parent
        for place in line:
            last = self.add(place, last)
        self.tip_radius[last] = tip_radius

    def add_branch(self, line: Points, tip_radius: float) -> None:
        """Add a line after moving its start to the nearest node."""
        gaps = np.array(self.places) - line[0]
        nearest = int(np.linalg.norm(gaps, axis=1).argmin())
        fading = np.exp(-np.arange(1, len(line) + 1) / 8)[:, None]
        self.add_line(line + gaps[nearest] * fading, tip_radius, nearest)
        self.forks.append(self.places[nearest])

    def radii(self) -> NDArray[np.float64]:
        """Return the radius at each node: r^k is the sum of the children's r^k (Murray)."""
        powers = np.zeros(len(self.places))
        for node in reversed(range(len(powers))):
            if not self.has_child[node]:
                powers[node] = self.tip_radius.get(node, _TWIG) ** _MURRAY
            if self.parents[node] >= 0:
                powers[self.parents[node]] += powers[node]
        radii: NDArray[np.float64] = powers ** (1 / _MURRAY)
        return radii


def grow_tree(disc: Points, random: np.random.Generator) -> Tree:
    """Grow all arteries, or all veins, of a right eye from its optic disc."""
    tree = Tree(forks=[disc])
    opening = random.uniform(0.88, 1.12, 2)  # of the upper and the lower half
    for controls, jitter, tip in (
        *((arcade, 0.7, 0.09) for arcade in _ARCADES),
        *((twig, 0.6, _TWIG) for twig in _TWIGS),
    ):
        for half in (opening[0], -opening[1]):
            points = np.array(controls) * (1.0, half)
            loose = np.clip(np.arange(len(points)) / 3, 0.2, 1.0)[:, None]
            points += random.normal(0, jitter, points.shape) * loose
            tree.add_line(disc + _smooth_line(points), tip)
    for branch in _BRANCHES:
        for half in (opening[0], -opening[1]):
            points = np.array(branch) * (1.0, half) + random.normal(0, 0.6, (len(branch), 2))
            if random.random() < 0.75:
                tree.add_branch(disc + _smooth_line(points), 0.05)
    _colonise(tree, disc, random)
    return tree


def _smooth_line(controls: Points) -> Points:
    """Return a smooth line along the control points with nodes one step apart."""
    chords = np.linalg.norm(np.diff(controls, axis=0), axis=1)
    at = np.concatenate([[0.0], np.cumsum(chords)])
    places = make_interp_spline(at, controls, k=3)(np.linspace(0, at[-1], round(at[-1] / _STEP)))
    smooth: Points = ndimage.gaussian_filter1d(places, 3.0, axis=0, mode="nearest")
    return smooth


def _tissue(disc: Points, random: np.random.Generator) -> Points:
    """Return places (n, 2) that want blood: a jittered grid without fovea and disc."""
    ticks = np.arange(-_EDGE, _EDGE, _TISSUE_SPACING)
    grid = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    places = grid + random.uniform(-0.5, 0.5, grid.shape) * _TISSUE_SPACING
    from_fovea = np.linalg.norm(places, axis=1)
    is_tissue = (from_fovea > _AVASCULAR) & (from_fovea < _EDGE)
    is_tissue &= np.linalg.norm(places - disc, axis=1) > 3.5
    tissue: Points = places[is_tissue & (random.random(len(places)) < 0.85)]
    return tissue


def _colonise(tree: Tree, disc: Points, random: np.random.Generator) -> None:
    """Let the tree grow until all tissue is fed or nothing grows any more."""
    tissue = _tissue(disc, random)
    nearest = np.zeros(len(tissue), dtype=int)
    distance = np.full(len(tissue), np.inf)
    grown = 0
    for _ in range(120):
        gaps = np.linalg.norm(tissue[:, None] - np.array(tree.places[grown:])[None], axis=2)
        best = gaps.argmin(axis=1)
        closest = gaps[np.arange(len(tissue)), best]
        nearest = np.where(closest < distance, best + grown, nearest)
        distance = np.minimum(distance, closest)
        hungry = distance > _SUPPLIED
        tissue, nearest, distance = tissue[hungry], nearest[hungry], distance[hungry]
        grown = len(tree.places)
        for node in np.unique(nearest[distance < _REACH]):
            if _may_sprout(tree, int(node), random):
                wanted = tissue[(nearest == node) & (distance < _REACH)]
                _sprout(tree, int(node), wanted, random)
        if grown == len(tree.places):
            return


def _may_sprout(tree: Tree, node: int, random: np.random.Generator) -> bool:
    """Tell whether a vessel may grow from here: tips always, sides now and then, well apart."""
    if not tree.has_child[node]:
        return True
    if random.random() > _FORKING:
        return False
    gaps = np.linalg.norm(np.array(tree.forks) - tree.places[node], axis=1)
    return bool(gaps.min() > _FORK_SPACING)


def _sprout(tree: Tree, node: int, wanted: Points, random: np.random.Generator) -> None:
    """Grow one step from `node` towards the tissue `wanted` (n, 2), keeping its swing."""
    place = tree.places[node]
    swing = 0.7
    if tree.has_child[node]:  # a side branch goes to one side, at a sharp angle
        swing = 1.0
        wanted = wanted[random.integers(len(wanted))][None]
        tree.forks.append(place)
    pulls = wanted - place
    pull = (pulls / np.linalg.norm(pulls, axis=1, keepdims=True)).mean(axis=0)
    ahead = pull + swing * tree.headings[node] + random.normal(0, 0.10, 2)
    tree.add(place + _STEP * ahead / (np.linalg.norm(ahead) + 1e-9), node)

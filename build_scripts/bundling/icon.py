"""Draws the program's icon, a fundus in a few strokes, in the formats of every system.

python -m bundling.icon           writes resources/icons/fundus.svg anew
python -m bundling.icon FOLDER    writes pictures of it in all formats; needs PySide6 and Pillow
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

SIZES = (16, 24, 32, 48, 64, 128, 256, 512, 1024)
_WINDOWS_SIZES = (16, 24, 32, 48, 64, 128, 256)

Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]
"""A cubic Bézier curve."""

# On 64 × 64: the optic disc at (18, 32), the macula at (43, 33), which no vessel crosses.
_VESSELS: tuple[tuple[Curve, float, float], ...] = (
    (((18, 31), (20, 16), (33, 10), (50, 17)), 3.4, 1.4),
    (((18, 33), (20, 48), (33, 54), (50, 47)), 3.4, 1.4),
    (((20, 25), (26, 20), (32, 20), (38, 23)), 2.2, 1.0),
    (((20, 39), (26, 44), (32, 44), (38, 41)), 2.2, 1.0),
    (((18, 30), (17, 22), (14, 18), (10, 17)), 2.6, 1.2),
    (((18, 34), (17, 42), (14, 46), (10, 47)), 2.6, 1.2),
)
_STEPS = 12


def fundus_svg() -> str:
    """Return the drawing."""
    vessels = "".join(
        f'<path d="{_tapered(curve, first, last)}"/>\n' for curve, first, last in _VESSELS
    )
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
<defs>
<radialGradient id="retina" cx="26" cy="30" r="36" gradientUnits="userSpaceOnUse">
<stop offset="0" stop-color="#f08a3c"/><stop offset="0.6" stop-color="#d9602a"/>
<stop offset="1" stop-color="#a83a1a"/>
</radialGradient>
<radialGradient id="macula" cx="43" cy="33" r="8" gradientUnits="userSpaceOnUse">
<stop offset="0" stop-color="#7d2413"/><stop offset="1" stop-color="#7d2413" stop-opacity="0"/>
</radialGradient>
</defs>
<circle cx="32" cy="32" r="31" fill="#1d1a1c"/>
<circle cx="32" cy="32" r="28" fill="url(#retina)"/>
<circle cx="43" cy="33" r="8" fill="url(#macula)"/>
<g fill="#7d1f14">
{vessels}</g>
<circle cx="18" cy="32" r="6.500" fill="#ffd98a"/>
<circle cx="17.500" cy="32" r="3" fill="#fff4d2"/>
</svg>
"""


def _tapered(curve: Curve, first: float, last: float) -> str:
    """Return the outline of a stroke along the curve, from one width to the other."""
    left, right = [], []
    for step in range(_STEPS + 1):
        share = step / _STEPS
        (x, y), (dx, dy) = _point(curve, share), _direction(curve, share)
        half = (first + (last - first) * share) / 2
        left.append((x - dy * half, y + dx * half))
        right.append((x + dy * half, y - dx * half))
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in [*left, *reversed(right)]) + "Z"


def _point(curve: Curve, share: float) -> Point:
    rest = 1 - share
    factors = (rest**3, 3 * rest**2 * share, 3 * rest * share**2, share**3)
    return _sum(factors, curve)


def _direction(curve: Curve, share: float) -> Point:
    """Return the unit vector along the curve."""
    rest = 1 - share
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(curve)]
    x, y = _sum((rest**2, 2 * rest * share, share**2), steps)
    length = (x * x + y * y) ** 0.5
    return x / length, y / length


def _sum(factors: Sequence[float], points: Sequence[Point]) -> Point:
    pairs = list(zip(factors, points, strict=True))
    return sum(f * p[0] for f, p in pairs), sum(f * p[1] for f, p in pairs)


def write_icons(drawing: Path, folder: Path) -> None:
    """Write fundus-gui.svg, .ico, .icns and a PNG file of each of `SIZES`."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "fundus-gui.svg").write_bytes(drawing.read_bytes())
    images = []
    for size in SIZES:
        data = _png(drawing, size)
        (folder / f"fundus-gui-{size}.png").write_bytes(data)
        images.append(Image.open(io.BytesIO(data)))
    largest = images[-1]
    largest.save(folder / "fundus-gui.icns", append_images=images[:-1])
    largest.save(
        folder / "fundus-gui.ico",
        sizes=[(size, size) for size in _WINDOWS_SIZES],
        append_images=images[:-1],
    )


def _png(drawing: Path, size: int) -> bytes:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(drawing)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload] # bytes are refused
    return bytes(buffer.data().data())


if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent.parent
    drawing = root / "resources" / "icons" / "fundus.svg"
    if len(sys.argv) > 1:
        write_icons(drawing, Path(sys.argv[1]))
    else:
        drawing.write_text(fundus_svg(), encoding="utf-8")

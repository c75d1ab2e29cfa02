"""How figures look, on paper and in a light or dark window; touches no global setting."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from fundus_gui.core.paths import resources_dir

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# M. Okabe, K. Ito: Color Universal Design (2008), without black, which is the text's.
OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442")
_ON_DARK = ("#56B4E9", "#E69F00", "#2FBF94", "#E39BC4", "#F0E442", "#F07F3C", "#4C9BE0")
# Classes that have the colours of the cycle in this order, in every picture and window.
_OWN_COLOURS = (
    "amd",
    "cataract",
    "diabetic_retinopathy",
    "glaucoma",
    "normal",
    "pathologic_myopia",
    "hypertension",
)
# Faces that carry Chinese, Japanese and Korean, for names of classes and runs.
_WIDE_FACES = (
    "Noto Sans CJK SC",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
)
_REGULAR, _BOLD = 400, 700


@dataclass(frozen=True, slots=True)
class Style:
    """Colours as #rrggbb and the font; the defaults suit paper.

    Attributes:
        text: titles, names and numbers.
        muted: axes, their ticks and what explains.
        grid: lines behind the data.
        background: of the figure.
        cycle: one after the other for lines; the first also colours the confusion matrix.
        font_family: preferred face; empty is matplotlib's own.
        font_size: in points.
    """

    text: str = "#1a1a1a"
    muted: str = "#5f6368"
    grid: str = "#e6e8eb"
    background: str = "#ffffff"
    cycle: tuple[str, ...] = OKABE_ITO
    font_family: str = ""
    font_size: float = 9.0

    def colours(self) -> tuple[str, ...]:
        """Return every colour, each at the same place in all styles."""
        return (self.text, self.muted, self.grid, self.background, *self.cycle)

    def colour(self, index: int) -> str:
        """Return a colour of the cycle, which begins again after its end."""
        return self.cycle[index % len(self.cycle)]


LIGHT = Style()
DARK = Style(text="#eceff1", muted="#a3abb2", grid="#33383d", background="#1e2124", cycle=_ON_DARK)


def class_numbers(class_names: Sequence[str]) -> tuple[int, ...]:
    """Return the place of each class in the cycle of colours, the same in whichever list it is.

    Common classes have colours of their own. Another one's follows from its name alone, and is the
    next that is free where the list has a class of that colour already. No two places are alike;
    those beyond the cycle need another stroke to be told apart.
    """

    def rank(name: str) -> tuple[int, str]:
        own = _OWN_COLOURS.index(name) if name in _OWN_COLOURS else len(_OWN_COLOURS)
        return own, name

    length, numbers = len(OKABE_ITO), dict[str, int]()
    for turn, name in enumerate(sorted(class_names, key=rank)):
        own = rank(name)[0]
        wanted = own if own < length else zlib.crc32(name.encode())
        around = (turn // length * length + (wanted + step) % length for step in range(length))
        numbers[name] = next(number for number in around if number not in numbers.values())
    return tuple(numbers[name] for name in class_names)


def prepare(axes: Axes, style: Style) -> None:
    """Empty the axes, and give them, and the figure behind them, the colours of the style."""
    axes.clear()
    axes.figure.set_facecolor(style.background)
    axes.set_facecolor(style.background)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(style.muted)
    axes.tick_params(
        color=style.muted,
        labelcolor=style.muted,
        labelsize=style.font_size * 0.9,
        labelfontfamily=font(style)["family"],
    )


def font(style: Style, scale: float = 1.0, *, is_bold: bool = False) -> dict[str, Any]:
    """Return the font as the keywords of a matplotlib text."""
    return {
        "family": list(faces(style.font_family, wide=True)),
        "size": style.font_size * scale,
        "weight": "bold" if is_bold else "normal",
    }


def legend(axes: Axes, style: Style, title: str, **looks: Any) -> None:
    """Draw what the labelled artists mean under `title`: above the axes, never over the data."""
    handles, labels = axes.get_legend_handles_labels()
    drawn = axes.legend(
        handles,
        labels,
        **{
            "loc": "lower left",
            "bbox_to_anchor": (-0.01, 1.0),
            "frameon": False,
            "borderaxespad": 0.2,
            "borderpad": 0.2,
            "columnspacing": 1.4,
            "handlelength": 1.8,
            "labelcolor": style.text,
            "prop": font(style, 0.92),
            "title": title,
            "title_fontproperties": font(style, 1.1, is_bold=True),
            "alignment": "left",
            **looks,
        },
    )
    drawn.get_title().set_color(style.text)


def plain(text: str) -> str:
    """Return a name so that matplotlib reads no formula into it and can draw every letter."""
    return text.encode("utf-8", "backslashreplace").decode().replace("$", r"\$")


def elided(text: str, most: int) -> str:
    """Shorten to `most` letters; what is left out of the middle becomes an ellipsis."""
    if len(text) <= most:
        return text
    kept = most - 1
    return f"{text[: kept - kept // 2].rstrip()}…{text[len(text) - kept // 2 :].lstrip()}"


@cache
def faces(preferred: str, *, wide: bool) -> tuple[str, ...]:
    """Return the installed faces to write with, one taking over what another lacks.

    Args:
        wide: also those that carry Chinese, Japanese and Korean.
    """
    installed = _installed()
    wanted = (preferred, "DejaVu Sans", *(_WIDE_FACES if wide else ()))
    return tuple(dict.fromkeys(name for name in wanted if name in installed))


@cache
def _installed() -> frozenset[str]:
    """Bring the program's own face, and let wide faces without a bold cut stand for it too.

    Matplotlib would take the same file in the end, and warn of it for every picture.
    """
    from matplotlib.font_manager import fontManager

    for file in (resources_dir() / "fonts").glob("*.ttf"):
        fontManager.addfont(file)
    known = {(entry.name, entry.weight): entry for entry in fontManager.ttflist}
    for name in _WIDE_FACES:
        if (name, _REGULAR) in known and (name, _BOLD) not in known:
            fontManager.ttflist.append(replace(known[name, _REGULAR], weight=_BOLD))
    return frozenset(fontManager.get_font_names())

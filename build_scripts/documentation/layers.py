"""The architecture in one picture, drawn from the layers that import-linter checks."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from xml.sax.saxutils import escape

from documentation.markdown import code, prose, table

ROOT = Path(__file__).resolve().parent.parent.parent
CORE = ROOT / "fundus_gui" / "core"

_WIDTH, _WIDEST = 720, 656  # of the picture, of a layer
_GAP, _ROW = 8, 42
_TOP = 92  # of the core's frame

_PICTURE = """\
<svg xmlns="http://www.w3.org/2000/svg" class="layers" role="img" viewBox="0 0 720 {height}"
 width="720" height="{height}">
<title>Who may import whom: the entry, the window and the command line, the core's layers</title>
<style>{style}</style>
<defs><marker id="layers-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"
 orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>
<rect class="outer" x="290" y="6" width="140" height="28" rx="6"/>
<text x="360" y="25" text-anchor="middle">__main__</text>
<path class="arrow" d="M330 34L285 48"/>
<path class="arrow" d="M390 34L435 48"/>
<rect class="outer" x="120" y="50" width="220" height="30" rx="6"/>
<text x="230" y="70" text-anchor="middle">gui: the window (Qt)</text>
<rect class="outer" x="380" y="50" width="220" height="30" rx="6"/>
<text x="490" y="70" text-anchor="middle">cli: the command line</text>
<path class="arrow" d="M230 80L230 91"/>
<path class="arrow" d="M490 80L490 91"/>
<rect class="frame" x="16" y="92" width="688" height="{inner}" rx="8"/>
<text class="title" x="30" y="114">core: all science, no screen</text>
<text class="note" x="690" y="114" text-anchor="end">a layer may import those below it</text>
{layers}
</svg>
"""
# Colours of the page that holds the picture; the second value serves a picture by itself.
_STYLE = """\
.layers text { font: 13px ui-sans-serif, system-ui, "Segoe UI", Roboto, sans-serif; fill: #1f2933; }
.layers .title { font-weight: 600; }
.layers .note { font-size: 12px; fill: #52606d; }
.layers .box { fill: #ffffff; stroke: #9aa5b1; }
.layers .outer { fill: #d9e8f5; stroke: #2f6f9f; }
.layers .frame { fill: #f1f5f8; stroke: #9aa5b1; }
.layers .arrow { stroke: #52606d; fill: none; marker-end: url(#layers-head); }
.layers .head { fill: #52606d; }
DARK {
  .layers text { fill: #e4e7eb; }
  .layers .note { fill: #9aa5b1; }
  .layers .box { fill: #1f2933; stroke: #616e7c; }
  .layers .outer { fill: #16324a; stroke: #4a90c2; }
  .layers .frame { fill: #161d24; stroke: #616e7c; }
  .layers .arrow { stroke: #9aa5b1; }
  .layers .head { fill: #9aa5b1; }
}"""
_DARK = "@media (prefers-color-scheme: dark)"


def core_layers(project: Path = ROOT / "pyproject.toml") -> list[list[str]]:
    """Return the modules of the core, highest first, those side by side together."""
    contracts = tomllib.loads(project.read_text(encoding="utf-8"))["tool"]["importlinter"]
    for contract in contracts["contracts"]:
        if contract.get("containers") == ["fundus_gui.core"]:
            return [[name.strip() for name in layer.split("|")] for layer in contract["layers"]]
    raise LookupError("pyproject.toml holds no layers of fundus_gui.core.")


def layers_svg() -> str:
    """Return the picture, light or dark as the reader's system is."""
    layers = core_layers()
    boxes = [_layer(names, _TOP + 34 + _ROW * number) for number, names in enumerate(layers)]
    height = _TOP + 34 + _ROW * len(layers) + 16
    return _PICTURE.format(
        height=height,
        inner=height - _TOP - 8,
        style=_STYLE.replace("DARK", _DARK),
        layers="\n".join(boxes),
    )


def _layer(names: list[str], top: int) -> str:
    width = min(200.0, (_WIDEST - _GAP * (len(names) - 1)) / len(names))
    left = (_WIDTH - width * len(names) - _GAP * (len(names) - 1)) / 2
    return "\n".join(
        _box(left + number * (width + _GAP), top, width, name) for number, name in enumerate(names)
    )


def _box(left: float, top: int, width: float, text: str) -> str:
    middle = left + width / 2
    return (
        f'<rect class="box" x="{left:g}" y="{top}" width="{width:g}" height="30" rx="6"/>'
        f'<text x="{middle:g}" y="{top + 20}" text-anchor="middle">{escape(text)}</text>'
    )


def for_page(svg: str) -> str:
    """Return the picture for the body of a page, dark as the page is rather than the system.

    The page's theme, as Furo writes it, stands in the body's `data-theme`: light, dark or auto.
    """
    light, dark = _STYLE.split("DARK {")
    rules = dark.rsplit("}", 1)[0]
    chosen = rules.replace("  .layers", "body[data-theme='dark'] .layers")
    system = rules.replace("  .layers", "body[data-theme='auto'] .layers")
    style = f"<style>{light}{chosen}{_DARK} {{{system}}}</style>"
    start, end = svg.index("<style>"), svg.index("</style>") + len("</style>")
    return f'<div class="picture">{" ".join((svg[:start] + style + svg[end:]).split())}</div>'


def modules_table() -> str:
    """Return every module of the core, highest first, with the sentence on why it exists."""
    names = [name for layer in core_layers() for name in layer]
    return table(("module", "why it exists"), ((code(name), _purpose(name)) for name in names))


def _purpose(name: str) -> str:
    module, package = CORE / f"{name}.py", CORE / name / "__init__.py"
    source = (module if module.is_file() else package).read_text(encoding="utf-8")
    sentence = (ast.get_docstring(ast.parse(source)) or "").split("\n\n")[0]
    return prose(" ".join(sentence.split()))

"""Build the documentation as a site that reads offline, and what of it is kept in the project.

.venv/bin/python build_scripts/docs.py [--out site]   everything
.venv/bin/python build_scripts/docs.py --kept         only resources/guide and docs/layers.svg
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from documentation.guide import write_guide  # noqa: E402
from documentation.layers import layers_svg  # noqa: E402
from documentation.pages import stage  # noqa: E402

GUIDE = ROOT / "resources" / "guide"
LAYERS = ROOT / "docs" / "layers.svg"


def main(arguments: Sequence[str] | None = None) -> int:
    """Build and return the exit code."""
    parser = argparse.ArgumentParser(description="Build the documentation.")
    parser.add_argument("--out", type=Path, default=ROOT / "site", help="folder of the site")
    parser.add_argument(
        "--kept", action="store_true", help="write only resources/guide and docs/layers.svg"
    )
    options = parser.parse_args(arguments)
    write_kept()
    return 0 if options.kept else build_site(options.out)


def write_kept() -> None:
    """Write what is made from the documentation and kept in the project."""
    write_guide(GUIDE)
    LAYERS.write_text(layers_svg(), encoding="utf-8", newline="\n")


def build_site(out: Path) -> int:
    """Build the site into a folder, where any warning is an error; return the exit code."""
    try:
        from sphinx.cmd.build import build_main
    except ImportError:
        print(f"docs: the generator is missing; pip install {' '.join(needed())}")
        return 1
    with tempfile.TemporaryDirectory(prefix="fundus-gui-docs-") as folder:
        pages, built = Path(folder) / "pages", Path(folder) / "site"
        stage(pages)
        settings = ["--fail-on-warning", "--keep-going", "--nitpicky", "--quiet"]
        code = build_main([*settings, "--builder", "html", str(pages), str(built)])
        if code == 0:
            replace_site(built, out)
            print(f"docs: open {out / 'index.html'}")
    return code


def needed() -> list[str]:
    """Return the requirements of the generator."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    requirements: list[str] = project["dependency-groups"]["docs"]
    return requirements


def replace_site(built: Path, out: Path) -> None:
    """Move a site to its place; a folder that holds anything else is left alone."""
    if out.exists() and any(out.iterdir()) and not (out / "searchindex.js").is_file():
        raise SystemExit(f"docs: {out} holds something that is no site; choose another --out")
    shutil.rmtree(out, ignore_errors=True)
    shutil.rmtree(built / ".doctrees", ignore_errors=True)
    shutil.copytree(built, out)


if __name__ == "__main__":
    sys.exit(main())

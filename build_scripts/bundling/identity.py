"""What the program is called on every system, from pyproject.toml and the package itself."""

from __future__ import annotations

import re
import string
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WINDOW, CONSOLE = "fundus-classifier", "fundus-gui"
"""The executables: the first without a console on Windows."""
FROZEN, APPLICATION = "fundus-gui", "Fundus Classifier.app"
"""What PyInstaller makes: the folder, and of it on macOS what people start."""

_TEXT = re.compile(r'^(__version__|RESEARCH_USE_ONLY) = "(.+)"$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Identity:
    """Names, version and the sentences that the systems show.

    Attributes:
        id: reverse domain name.
        title: as people read it.
        chinese: the same in Simplified Chinese.
        summary: one sentence without a full stop.
        caution: what the program is not for.
    """

    id: str
    title: str
    chinese: str
    version: str
    summary: str
    licence: str
    caution: str

    def fill(self, template: Path, **more: str) -> str:
        """Return a file of `linux`, `windows` or `macos` with the names filled in."""
        values = {name: getattr(self, name) for name in self.__slots__}
        text = string.Template(template.read_text(encoding="utf-8"))
        return text.substitute(values, window=WINDOW, console=CONSOLE, **more)

    def info_plist(self) -> dict[str, Any]:
        """Return what macOS is to know besides name, version and icon."""
        photographs = {
            "CFBundleTypeName": "Photograph",
            "CFBundleTypeRole": "Viewer",
            "LSHandlerRank": "Alternate",
            "LSItemContentTypes": [
                "public.jpeg",
                "public.png",
                "public.tiff",
                "org.nema.dicom",
                "public.folder",
            ],
        }
        return {
            "CFBundleDisplayName": self.title,
            "CFBundleExecutable": WINDOW,
            "CFBundleDocumentTypes": [photographs],
            "CFBundleLocalizations": ["en", "zh_CN"],
            "LSApplicationCategoryType": "public.app-category.medical",
            "LSBackgroundOnly": False,  # PyInstaller's conclusion from the console entry
            "LSMinimumSystemVersion": "13.0",
            "NSHighResolutionCapable": True,
            "NSHumanReadableCopyright": f"{self.licence}. {self.caution}",
            "NSRequiresAquaSystemAppearance": False,
        }


def read_identity(root: Path) -> Identity:
    """Read the source tree below `root`.

    Raises:
        ValueError: pyproject.toml and the package name different versions.
    """
    with (root / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    texts = dict(_TEXT.findall((root / "fundus_gui" / "__init__.py").read_text(encoding="utf-8")))
    if texts["__version__"] != project["version"]:
        raise ValueError(
            f"pyproject.toml names version {project['version']}, fundus_gui/__init__.py "
            f"{texts['__version__']}. Write the same into both."
        )
    return Identity(
        id="org.fundus_gui.FundusClassifier",
        title="Fundus classifier",
        chinese="眼底照片分类器",
        version=project["version"],
        summary=project["description"],
        licence=project["license"],
        caution=texts["RESEARCH_USE_ONLY"],
    )

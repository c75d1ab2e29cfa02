"""Asks for files and folders; the one seam through which tests answer instead of a person."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from fundus_gui.core.images import IMAGE_SUFFIXES


class FileDialogs:
    """The system's own dialogs."""

    def open_images(self, parent: QWidget, folder: str) -> list[Path]:
        """Ask for photographs; empty when the user thinks better of it."""
        patterns = " ".join(f"*{suffix} *{suffix.upper()}" for suffix in sorted(IMAGE_SUFFIXES))
        photographs = QCoreApplication.translate("FileDialogs", "Photographs")
        everything = QCoreApplication.translate("FileDialogs", "All files")
        names, _ = QFileDialog.getOpenFileNames(
            parent,
            QCoreApplication.translate("FileDialogs", "Open photographs"),
            folder,
            f"{photographs} ({patterns});;{everything} (*)",
        )
        return [Path(name) for name in names]

    def open_folder(self, parent: QWidget, folder: str) -> Path | None:
        """Ask for a folder."""
        title = QCoreApplication.translate("FileDialogs", "Open a folder of photographs")
        name = QFileDialog.getExistingDirectory(parent, title, folder)
        return Path(name) if name else None

    def open_table(self, parent: QWidget, folder: str) -> Path | None:
        """Ask for a table of results."""
        title = QCoreApplication.translate("FileDialogs", "Continue a table of results")
        name, _ = QFileDialog.getOpenFileName(parent, title, folder, "CSV (*.csv)")
        return Path(name) if name else None

    def save_as(self, parent: QWidget, title: str, suggested: Path, filters: str) -> Path | None:
        """Ask where to write; an existing file has been agreed to be replaced.

        Args:
            filters: as Qt writes them; the chosen one gives the suffix where none was typed.
        """
        name, chosen = QFileDialog.getSaveFileName(parent, title, str(suggested), filters)
        if not name:
            return None
        path = completed(Path(name), filters, chosen)
        if path.name != Path(name).name and path.exists():  # it was not asked about this one
            return self.save_as(parent, title, path, filters)
        return path


def completed(path: Path, filters: str, chosen: str) -> Path:
    """Return the path with the suffix of the chosen filter, unless it has one that is offered.

    What follows a dot in `patient 3.5` is no suffix.
    """
    offered = re.findall(r"\*(\.\w+)", filters)
    wanted = re.findall(r"\*(\.\w+)", chosen) or offered
    if not wanted or path.suffix.lower() in offered:
        return path
    return path.with_name(path.name.rstrip(".") + wanted[0])

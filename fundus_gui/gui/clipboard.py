"""What the clipboard or something that is dropped holds for the program: files, or a picture."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage

from fundus_gui.core.paths import user_data_dir


def clipboard_content() -> list[Path] | QImage:
    """Return the files that were copied, else the picture, else an empty list."""
    mime = QGuiApplication.clipboard().mimeData() or QMimeData()  # None when it is empty
    paths = local_paths(mime)
    image = QImage(mime.imageData()) if not paths and mime.hasImage() else QImage()
    return paths if image.isNull() else image


def local_paths(mime: QMimeData) -> list[Path]:
    """Return the files and folders of this computer that were dropped or copied."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


def pasted_path() -> Path:
    """Return where a pasted picture is kept, named by the moment."""
    name = datetime.now().astimezone().strftime("pasted-%Y%m%d-%H%M%S-%f.png")
    return user_data_dir() / "pasted" / name

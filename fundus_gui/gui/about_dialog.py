"""Tells what the program is made of, and which keys it knows."""

from __future__ import annotations

import functools
import platform
from html import escape

import PySide6
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from fundus_gui import __version__
from fundus_gui.core.catalogue import Catalogue
from fundus_gui.gui.actions import Actions
from fundus_gui.gui.jobs import hash_weights
from fundus_gui.gui.labels import research_use_only, without_key
from fundus_gui.gui.widgets.type_scale import TITLE, enlarge
from fundus_gui.gui.worker import JobSlot


class AboutDialog(QDialog):
    """Versions of the program and its parts, and the installed weights."""

    def __init__(self, catalogue: Catalogue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._hashes: dict[str, str] = {}
        self.setWindowTitle(self.tr("About Fundus classifier"))
        title = QLabel(self.tr("Fundus classifier {version}").format(version=__version__))
        enlarge(title, TITLE, bold=True)
        self.text = QLabel(self._text())
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setWordWrap(True)
        self.text.setMinimumWidth(560)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addWidget(title)
        layout.addWidget(self.text)
        layout.addWidget(_closing_button(self))
        self._hashing = JobSlot(self)
        self._hashing.yielded.connect(self._on_hashed)
        self._hashing.start(functools.partial(hash_weights, tuple(catalogue.models.values())))

    def done(self, result: int) -> None:
        """Stop hashing when the dialog is closed."""
        self._hashing.close()
        super().done(result)

    def _on_hashed(self, hashed: tuple[str, str]) -> None:
        name, sha256 = hashed
        self._hashes[name] = sha256
        self.text.setText(self._text())

    def _text(self) -> str:
        versions = {
            "Python": platform.python_version(),
            "PySide6": PySide6.__version__,
            **{name: _installed(name) for name in ("torch", "torchvision", "timm")},
        }
        listed = ", ".join(f"{name} {number}" for name, number in versions.items())
        weights = "<br>".join(
            f"{escape(f'{model.title} ({name})')}<br><small>SHA-256 "
            f"<code>{self._hashes.get(name, '…')}</code></small>"
            for name, model in self._catalogue.models.items()
        )
        return "".join(
            f"<p>{part}</p>"
            for part in (
                self.tr("Classifies colour fundus photographs with an ensemble of networks."),
                f"<b>{escape(research_use_only())}</b>",
                self.tr("<b>Versions:</b> {versions}").format(versions=escape(listed)),
                self.tr("<b>Weights:</b><br>{weights}").format(
                    weights=weights or self.tr("none installed")
                ),
            )
        )


class ShortcutsDialog(QDialog):
    """A list of all commands with their keys."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(4)
        entries = [
            (without_key(action.text()), action.shortcut())
            for action in actions.all()
            if not action.shortcut().isEmpty()
        ]
        half = (len(entries) + 1) // 2
        for number, (text, shortcut) in enumerate(entries):
            row, column = number % half, 2 * (number // half)
            keys = QLabel(shortcut.toString(QKeySequence.SequenceFormat.NativeText))
            keys.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(QLabel(text), row, column)
            grid.addWidget(keys, row, column + 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(grid)
        layout.addWidget(_closing_button(self))


def _closing_button(dialog: QDialog) -> QDialogButtonBox:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    return buttons


def _installed(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return "–"

"""Asks what becomes of running trainings when the window is closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

Answer = Literal["keep", "stop-after-epoch", "cancel"]


class CloseQuestion(QMessageBox):
    """Three answers, of which Escape is to stay; a training is never lost by closing."""

    def __init__(self, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle(self.tr("A training is running"))
        if len(names) == 1:
            self.setText(self.tr("“{name}” is still training.").format(name=names[0]))
        else:
            self.setText(self.tr("{count} trainings are still running.").format(count=len(names)))
        self.setInformativeText(
            self.tr(
                "It can go on in the background: open the window again at any time to see how it "
                "is getting on."
            )
        )
        self.keep = self._add(self.tr("&Keep training"), QMessageBox.ButtonRole.AcceptRole)
        self.stop = self._add(
            self.tr("&Stop after this epoch"), QMessageBox.ButtonRole.DestructiveRole
        )
        self.stay = self._add(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(self.keep)
        self.setEscapeButton(self.stay)

    @property
    def answer(self) -> Answer:
        """What was chosen."""
        if self.clickedButton() is self.keep:
            return "keep"
        return "stop-after-epoch" if self.clickedButton() is self.stop else "cancel"

    def _add(self, text: str, role: QMessageBox.ButtonRole) -> QPushButton:
        button = QPushButton(text)
        self.addButton(button, role)
        return button

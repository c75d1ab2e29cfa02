"""How far the reading of labelled photographs is."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from fundus_gui.core.runs import Preparing


class ReadingProgress(QWidget):
    """Words and a bar; hidden when nothing is read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stage = QLabel()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(8)
        self._bar.setAccessibleName(self.tr("Progress of the reading"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._stage)
        layout.addWidget(self._bar, 1)
        self.hide()

    def show_stage(self, preparing: Preparing) -> None:
        """Show what is done and how much of it."""
        if preparing.stage == "comparing":
            words = self.tr("Looking for duplicates: {done} of {total}").format(
                done=f"{preparing.done:,}", total=f"{preparing.total:,}"
            )
        else:
            words = self.tr("Reading…")
        self._stage.setText(words)
        self._bar.setRange(0, preparing.total)
        self._bar.setValue(preparing.done)
        self.show()

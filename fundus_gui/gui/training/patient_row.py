"""Asks whether file names tell patients apart, and by which pattern."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QWidget


class PatientRow(QWidget):
    """A pattern that counts only once it is confirmed.

    Signals:
        changed: `confirmed` is another.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.by_name = QCheckBox(self.tr("Tell &patients apart by file name:"))
        self.by_name.setToolTip(
            self.tr(
                "All photographs of a patient then stay in one part, so that none is learnt\n"
                "from and tested on at once"
            )
        )
        self.pattern = QLineEdit()
        self.pattern.setPlaceholderText(r"(\d+)_(left|right)")
        self.pattern.setAccessibleName(self.tr("Pattern of the patients in the file names"))
        self.pattern.setToolTip(
            self.tr(
                "A regular expression; its first group, or the one named patient, is the\n"
                "patient, as in (\\d+)_(left|right)"
            )
        )
        self.pattern.setEnabled(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.by_name)
        layout.addWidget(self.pattern, 1)
        self.by_name.toggled.connect(self.pattern.setEnabled)
        self.by_name.toggled.connect(self.changed)
        self.pattern.textChanged.connect(self.changed)

    def confirmed(self) -> str:
        """Return the pattern to be used, empty for none."""
        return self.pattern.text().strip() if self.by_name.isChecked() else ""

    def take_over(self, earlier: PatientRow) -> None:
        """Show the pattern of another row, confirmed where it is there."""
        self.pattern.setText(earlier.pattern.text())
        self.by_name.setChecked(earlier.by_name.isChecked())

    def propose(self, pattern: str) -> None:
        """Show a pattern that is not confirmed."""
        self.by_name.setChecked(False)
        self.pattern.setText(pattern)

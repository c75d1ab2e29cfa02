"""Asks for the name of a new ensemble and says at once whether it can have it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QWidget

from fundus_gui.core.catalogue import Catalogue
from fundus_gui.core.errors import EnsembleError
from fundus_gui.gui.sentences import spoken

_WIDTH = 420  # px


class SaveDialog(QDialog):
    """Name and title.

    Signals:
        named: both, when they were accepted.
    """

    named = Signal(str, str)

    def __init__(self, catalogue: Catalogue, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self.setWindowTitle(self.tr("Save as ensemble"))
        self.setMinimumWidth(_WIDTH)
        self.name = QLineEdit(name)
        self.name.setAccessibleName(self.tr("Name of the ensemble"))
        self.title = QLineEdit()
        self.title.setPlaceholderText(self.tr("As the name"))
        self.title.setAccessibleName(self.tr("Title of the ensemble"))
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.addRow(self.tr("&Name"), self.name)
        form.addRow(self.tr("&Title"), self.title)
        form.addRow(self.problem)
        form.addRow(self.buttons)
        self.name.textChanged.connect(self._check)
        self.name.selectAll()
        self._check()

    def accept(self) -> None:
        """Tell what was written."""
        self.named.emit(self.name.text().strip(), self.title.text().strip())
        super().accept()

    def _check(self) -> None:
        problem = ""
        try:
            self._catalogue.check_new_name(self.name.text().strip())
        except EnsembleError as error:
            problem = spoken(str(error))
        self.problem.setText(problem)
        self.buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(not problem)


def free_name(wanted: str, catalogue: Catalogue) -> str:
    """Return the name, with a number behind it where it is taken."""
    taken = {*catalogue.models, *catalogue.ensembles}
    numbered = (f"{wanted} {number}" for number in range(2, len(taken) + 3))
    return next(name for name in (wanted, *numbered) if name not in taken)

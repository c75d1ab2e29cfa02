"""Asks what somebody thinks of the label of a photograph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.assessments.marks import Mark
from fundus_gui.gui.labels import class_title
from fundus_gui.gui.sentences import spoken


class OpinionForm(QWidget):
    """Right or wrong, a better class and a note.

    Signals:
        edited: by the user.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.right = QRadioButton(self.tr("Looks &right"))
        self.wrong = QRadioButton(self.tr("Looks &wrong"))
        self._verdicts = QButtonGroup(self)
        self.suggestion = QComboBox()
        self.suggestion.setMinimumContentsLength(12)
        self.note = QLineEdit()
        self.note.setPlaceholderText(self.tr("Why, in a few words"))
        self._mark: Mark | None = None
        self._noted = ""
        verdict = QHBoxLayout()
        for button in (self.right, self.wrong):
            self._verdicts.addButton(button)
            verdict.addWidget(button)
            button.clicked.connect(self._on_clicked)
        verdict.addStretch(1)
        self.verdict_row = verdict
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addRow(self.tr("The label"), verdict)
        layout.addRow(self.tr("&Better class"), self.suggestion)
        layout.addRow(self.tr("&Note"), self.note)
        self.suggestion.activated.connect(self.edited)
        self.note.editingFinished.connect(self.keep_note)
        self._enable()

    def set_classes(self, names: Sequence[str]) -> None:
        """Offer these classes."""
        self.suggestion.clear()
        self.suggestion.addItem(self.tr("No suggestion"), "")
        for name in names:
            self.suggestion.addItem(class_title(name), name)

    def set_mark(self, mark: Mark | None) -> None:
        """Show an opinion, or none; one that is shown already leaves a note in the making alone."""
        if mark == self._mark:
            return
        self._mark = mark
        self._verdicts.setExclusive(False)  # else one button would stay checked
        self.right.setChecked(mark is not None and mark.verdict == "right")
        self.wrong.setChecked(mark is not None and mark.verdict == "wrong")
        self._verdicts.setExclusive(True)
        suggested = mark.suggested_label if mark is not None else ""
        self.suggestion.setCurrentIndex(max(0, self.suggestion.findData(suggested)))
        self._noted = mark.note if mark is not None else ""
        if self.note.text() != self._noted:
            self.note.setText(self._noted)
        self._enable()

    def filled_in(self, mark: Mark) -> Mark:
        """Return a mark with what the form says."""
        is_wrong = self.wrong.isChecked()
        return replace(
            mark,
            verdict="wrong" if is_wrong else "right",
            suggested_label=(self.suggestion.currentData() or "") if is_wrong else "",
            note=self.note.text().strip(),
        )

    def keep_note(self) -> None:
        """Take the note as it stands, as leaving the field does."""
        if self.note.text() != self._noted:
            self._noted = self.note.text()
            self.edited.emit()

    def _enable(self) -> None:
        self.suggestion.setEnabled(self.wrong.isChecked())
        self.note.setEnabled(self.wrong.isChecked() or self.right.isChecked())

    def _on_clicked(self) -> None:
        self._enable()
        self.edited.emit()


class OpinionDialog(QDialog):
    """Asks for an opinion on one or several labels, beginning with wrong."""

    def __init__(
        self, subject: str, mark: Mark, class_names: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Second opinion"))
        self.setMinimumWidth(380)
        title = QLabel(subject)
        title.setWordWrap(True)
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        self.form = OpinionForm()
        self.form.set_classes(class_names)
        self.form.set_mark(mark)
        note = QLabel(self.tr("Kept in a table beside the data; the labels stay as they are."))
        note.setWordWrap(True)
        box = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(box.Save | box.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(16)
        for widget in (title, self.form, note, buttons):
            layout.addWidget(widget)


class UnsavedNotice(QWidget):
    """Says why marks are not saved, and lets the user try again; hidden while all is well.

    Signals:
        retry_requested: the reason is dealt with.
    """

    retry_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.retry = QPushButton(self.tr("&Try again"))
        self.retry.clicked.connect(self.retry_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.retry)
        self.hide()

    def show_problem(self, problem: str) -> None:
        """Say what is wrong, or nothing."""
        self.text.setText(spoken(problem))
        self.setVisible(bool(problem))

"""All kept evaluations on the left of the Evaluate page, newest first."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QPoint,
    QSignalBlocker,
    Qt,
    QUrl,
    Signal,
)
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QInputDialog,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QMessageBox,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.assessments.folder import AssessmentSummary
from fundus_gui.gui.evaluation.assessment_delegate import (
    SUMMARY_ROLE,
    AssessmentDelegate,
    figures_text,
    measured_text,
)
from fundus_gui.gui.evaluation.assessment_library import AssessmentLibrary
from fundus_gui.gui.widgets.focus_frame import FocusFrame

_LEAST_WIDTH = 240  # px


class AssessmentList(QWidget):
    """The evaluations of a library, any number of which can be selected.

    Signals:
        selected: the folders of the selected evaluations, the topmost first.
        new_requested: a new evaluation is to be set up, or the running one to be seen.
    """

    selected = Signal(object)
    new_requested = Signal()

    def __init__(self, library: AssessmentLibrary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._awaited: tuple[Path, ...] = ()
        self.new = QPushButton()
        self.new.clicked.connect(self.new_requested)
        self.view = self._make_view()
        self._empty = QLabel(self.tr("Your evaluations will be listed here."))
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.open_folder = self._action(self.tr("Open &folder"), self._on_open_folder)
        self.rename = self._action(self.tr("&Rename…"), self._on_rename)
        self.rename.setShortcut(QKeySequence(Qt.Key.Key_F2))
        self.delete = self._action(self.tr("Move to the &trash…"), self._on_delete)
        self.delete.setShortcut(QKeySequence.StandardKey.Delete)
        self.setMinimumWidth(_LEAST_WIDTH)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.new)
        layout.addLayout(self._stack, 1)
        library.changed.connect(self._on_changed)
        library.renamed.connect(self.select)
        self.set_running(False)

    def folders(self) -> tuple[Path, ...]:
        """Return the folders of the selected evaluations, the topmost first."""
        return tuple(summary.folder for summary in self._selected())

    def select(self, *folders: Path) -> None:
        """Select evaluations and no others, as soon as all are in the list.

        Those that are awaited are forgotten when the user selects something else.
        """
        items = [item for item in self._items() if _summary(item).folder in folders]
        self._awaited = folders if len(items) < len(folders) else ()
        if self._awaited:
            return
        chosen, selection = QItemSelection(), self.view.selectionModel()
        for index in map(self.view.indexFromItem, items):
            chosen.select(index, index)
            selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.view.scrollTo(index)
        selection.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def clear_selection(self) -> None:
        """Select none, nor later one that is awaited."""
        self._awaited = ()
        self.view.clearSelection()

    def set_running(self, is_running: bool) -> None:
        """Let the button lead to the running evaluation, or to a new one."""
        self.new.setText(
            self.tr("&Running evaluation") if is_running else self.tr("&New evaluation")
        )
        self.new.setToolTip(
            self.tr("See how far it is")
            if is_running
            else self.tr("Measure models on photographs whose classes are known")
        )

    def _make_view(self) -> QListWidget:
        view = QListWidget()
        FocusFrame(view)
        view.setItemDelegate(AssessmentDelegate(view))
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setUniformItemSizes(True)
        view.setAccessibleName(self.tr("Evaluations"))
        view.setToolTip("")
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._on_menu_requested)
        view.itemSelectionChanged.connect(self._on_selection_changed)
        return view

    def _action(self, text: str, slot: object) -> QAction:
        action = QAction(text, self.view)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(slot)
        self.view.addAction(action)
        return action

    def _items(self) -> list[QListWidgetItem]:
        return [self.view.item(row) for row in range(self.view.count())]

    def _selected(self) -> list[AssessmentSummary]:
        return [_summary(item) for item in self._items() if item.isSelected()]

    def _on_changed(self) -> None:
        before = self.folders()
        with QSignalBlocker(self.view):
            self.view.clear()
            for summary in self._library.summaries:
                item = QListWidgetItem(summary.name)
                item.setData(SUMMARY_ROLE, summary)
                lines = (
                    summary.name,
                    measured_text(summary),
                    figures_text(summary),
                    str(summary.folder),
                )
                item.setToolTip("\n".join(lines))
                self.view.addItem(item)
                item.setSelected(summary.folder in before)
        self._stack.setCurrentWidget(self.view if self.view.count() else self._empty)
        awaited = self._awaited
        if awaited:
            self.select(*awaited)
        if self._awaited == awaited and self.folders() != before:
            self.selected.emit(self.folders())

    def _on_selection_changed(self) -> None:
        self._awaited = ()
        self.selected.emit(self.folders())

    def _on_menu_requested(self, place: QPoint) -> None:
        count = len(self.folders())
        self.open_folder.setEnabled(count == 1)
        self.rename.setEnabled(count == 1)
        self.delete.setEnabled(count > 0)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([self.open_folder, self.rename, self.delete])
        menu.popup(self.view.viewport().mapToGlobal(place))
        menu.aboutToHide.connect(self._enable_actions)

    def _enable_actions(self) -> None:
        """Let the keys work again, whatever the menu had greyed out."""
        for action in (self.open_folder, self.rename, self.delete):
            action.setEnabled(True)

    def _on_open_folder(self) -> None:
        for folder in self.folders()[:1]:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _on_rename(self) -> None:
        if len(self.folders()) != 1:
            return
        (folder,) = self.folders()
        dialog = QInputDialog(self)
        dialog.setWindowTitle(self.tr("Rename the evaluation"))
        dialog.setLabelText(self.tr("Name"))
        dialog.setTextValue(folder.name)
        dialog.textValueSelected.connect(partial(self._on_named, folder))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_named(self, folder: Path, name: str) -> None:
        if name.strip() and name.strip() != folder.name:
            self._library.rename(folder, name.strip())

    def _on_delete(self) -> None:
        folders = self.folders()
        if not folders:
            return
        question = QMessageBox(self)
        question.setIcon(QMessageBox.Icon.Question)
        question.setWindowTitle(self.tr("Move to the trash"))
        question.setText(
            self.tr("Move “{name}” to the trash?").format(name=folders[0].name)
            if len(folders) == 1
            else self.tr("Move {count} evaluations to the trash?").format(count=len(folders))
        )
        question.setInformativeText(
            self.tr("The photographs and their second opinions stay where they are.")
        )
        move = question.addButton(self.tr("&Move to the trash"), QMessageBox.ButtonRole.AcceptRole)
        question.addButton(QMessageBox.StandardButton.Cancel)
        question.setDefaultButton(move)
        question.accepted.connect(partial(self._library.trash, folders))
        question.finished.connect(question.deleteLater)
        question.open()


def _summary(item: QListWidgetItem) -> AssessmentSummary:
    summary: AssessmentSummary = item.data(SUMMARY_ROLE)
    return summary

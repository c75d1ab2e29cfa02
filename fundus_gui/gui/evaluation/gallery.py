"""Photographs of an evaluation as a wall of thumbnails, the worst answered first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QListView,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.assessments.answers import Answers
from fundus_gui.gui.evaluation.empty_state import EmptyState
from fundus_gui.gui.evaluation.gallery_model import GalleryDelegate, GalleryModel, Role
from fundus_gui.gui.evaluation.opinion_form import OpinionDialog, UnsavedNotice
from fundus_gui.gui.evaluation.second_opinions import SecondOpinions
from fundus_gui.gui.labels import Counts, class_title


class Gallery(QWidget):
    """Shows photographs, opens them elsewhere and takes second opinions on their labels.

    Args:
        opinions: shared by all that show the same photographs.

    Signals:
        photograph_requested: the path of a photograph to be opened on the Classify page.
        current_changed: the number, in the evaluation, of the current photograph, or None.
    """

    photograph_requested = Signal(object)
    current_changed = Signal(object)

    def __init__(self, opinions: SecondOpinions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._opinions = opinions
        self.model = GalleryModel(opinions.mark_of, self)
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        self.list = self._make_list()
        self._empty = EmptyState("")
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.list)
        self.notice = UnsavedNotice()
        self.notice.retry_requested.connect(opinions.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.title)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.notice)
        self._make_actions()
        self.model.thumbnails.made.connect(self.list.viewport().update)
        self.list.activated.connect(self._on_open)
        self.list.customContextMenuRequested.connect(self._on_menu)
        self.list.selectionModel().currentChanged.connect(self._on_current_changed)
        self.list.selectionModel().selectionChanged.connect(self._enable_removing)
        opinions.changed.connect(self._on_opinions_changed)
        self.show_message("")

    def _make_list(self) -> QListView:
        view = QListView()
        view.setModel(self.model)
        view.setItemDelegate(GalleryDelegate(view))
        view.setAccessibleName(self.tr("Photographs"))
        view.setViewMode(QListView.ViewMode.IconMode)
        view.setMovement(QListView.Movement.Static)
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setUniformItemSizes(True)
        view.setSpacing(4)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        return view

    def _make_actions(self) -> None:
        self.open = self._action(self.tr("&Open on the Classify page"), self._on_open)
        self.show_in_folder = self._action(self.tr("Show in &folder"), self._on_show_in_folder)
        self.mark_wrong = self._action(self.tr("The label looks &wrong…"), self.ask_opinion)
        self.mark_wrong.setShortcut(Qt.Key.Key_W)
        self.remove_mark = self._action(self.tr("&Remove the mark"), self._on_remove)

    def _action(self, text: str, on_triggered: Callable[[], object]) -> QAction:
        action = QAction(text, self)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(on_triggered)
        self.list.addAction(action)
        return action

    def show_photographs(
        self, answers: Answers, numbers: Sequence[int], title: str, *, select: bool = False
    ) -> None:
        """Show photographs of an evaluation in this order.

        Args:
            title: what they have in common.
            select: make the first of them current.
        """
        self.model.show_photographs(answers, numbers)
        self.title.setText(f"{title}: {Counts().photographs(len(numbers))}")
        self.title.show()
        self._empty.setText(self.tr("There is no such photograph."))
        self._pages.setCurrentWidget(self.list if len(numbers) else self._empty)
        self.list.scrollToTop()
        if select and len(numbers):
            self.list.setCurrentIndex(self.model.index(0))
        else:
            self.current_changed.emit(None)

    def show_message(self, text: str) -> None:
        """Show a sentence and no photographs."""
        self.model.show_photographs(None, ())
        self.title.hide()
        self._empty.setText(text)
        self._pages.setCurrentWidget(self._empty)
        self.current_changed.emit(None)

    def numbers(self) -> tuple[int, ...]:
        """Return which photographs are shown."""
        rows = range(self.model.rowCount())
        return tuple(self.model.index(row).data(Role.NUMBER) for row in rows)

    def chosen(self) -> tuple[int, ...]:
        """Return the selected photographs, in their order."""
        rows = sorted(index.row() for index in self.list.selectionModel().selectedIndexes())
        return tuple(self.model.index(row).data(Role.NUMBER) for row in rows)

    def ask_opinion(self) -> OpinionDialog | None:
        """Ask what is thought of the labels of the chosen photographs."""
        answers, chosen = self.model.answers, self.chosen()
        if answers is None or not chosen:
            return None
        blanks = [answers.mark(number) for number in chosen]
        known = self._opinions.mark_of(blanks[0].filename)
        subject = (
            f"{Path(blanks[0].filename).name}: {class_title(blanks[0].label)}"
            if len(blanks) == 1
            else Counts().photographs(len(blanks))
        )
        shown = replace(known or blanks[0], verdict="wrong")
        dialog = OpinionDialog(subject, shown, answers.class_names, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def keep() -> None:
            for blank in blanks:
                self._opinions.put(dialog.form.filled_in(blank))

        dialog.accepted.connect(keep)
        dialog.open()
        return dialog

    def close_thread(self) -> None:
        """Stop making thumbnails and wait for the thread."""
        self.model.thumbnails.close()

    def _current_path(self) -> Path | None:
        path: Path | None = self.list.currentIndex().data(Role.PATH)
        return path

    def _on_open(self) -> None:
        path = self._current_path()
        if path is not None:
            self.photograph_requested.emit(path)

    def _on_show_in_folder(self) -> None:
        path = self._current_path()
        if path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    def _on_remove(self) -> None:
        answers = self.model.answers
        if answers is not None:
            for number in self.chosen():
                self._opinions.remove(answers.filename(number))

    def _on_menu(self, place: QPoint) -> None:
        index = self.list.indexAt(place)
        if not index.isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([self.open, self.show_in_folder])
        menu.addSeparator()
        menu.addActions([self.mark_wrong, self.remove_mark])
        menu.popup(self.list.viewport().mapToGlobal(place))

    def _enable_removing(self) -> None:
        marks = (index.data(Role.MARK) for index in self.list.selectionModel().selectedIndexes())
        self.remove_mark.setEnabled(any(mark is not None for mark in marks))

    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.current_changed.emit(current.data(Role.NUMBER))

    def _on_opinions_changed(self) -> None:
        self.model.refresh()
        self._enable_removing()
        self.notice.show_problem(self._opinions.problem)

"""The selected photograph, as it is or as a model sees it, with its few controls."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.catalogue import InstalledModel
from fundus_gui.core.errors import ImageError
from fundus_gui.core.images import Photograph
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.gui.error_dialog import ErrorReporter
from fundus_gui.gui.jobs import LoadedView, load_view
from fundus_gui.gui.sentences import spoken
from fundus_gui.gui.widgets.image_view import ImageView
from fundus_gui.gui.worker import JobSlot

_MARGIN = 8  # px
_LOADING_AFTER_MS = 100


class ImagePane(QWidget):
    """Reads photographs in a thread; the latest choice wins.

    Args:
        actions: shown as buttons before the choice of the model.
        seen_by_model: checkable; on, the photograph is shown after preprocessing.
        called: what a photograph is called in its caption.
    """

    def __init__(
        self,
        actions: Sequence[QAction],
        seen_by_model: QAction,
        errors: ErrorReporter,
        called: Callable[[Path], str] = lambda path: path.name,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._called = called
        self._seen_by_model = seen_by_model
        self._errors = errors
        self._path: Path | None = None
        self._photograph: Photograph | None = None
        self._slot = JobSlot(self)
        self._slot.yielded.connect(self._on_loaded)
        self._slot.failed.connect(self._on_failed)
        self.view = ImageView()
        self.view.setAccessibleName(self.tr("Photograph"))
        self.caption = QLabel()
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        self.caption.setWordWrap(True)
        self._loading_timer = QTimer(self)
        self._loading_timer.setSingleShot(True)
        self._loading_timer.setInterval(_LOADING_AFTER_MS)
        self._loading_timer.timeout.connect(self._on_loading_takes_long)
        self._bar = QHBoxLayout()
        self._zoom = QLabel()
        self._zoom.setMinimumWidth(self.fontMetrics().horizontalAdvance("1600%"))
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._zoom.setToolTip(self.tr("Screen pixels per pixel of the photograph"))
        self._preprocessings = QComboBox()
        self._preprocessings.setAccessibleName(self.tr("The model whose view is shown"))
        self._preprocessings.setToolTip(self._preprocessings.accessibleName())
        self._preprocessings.setMinimumContentsLength(4)
        self._preprocessings.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._preprocessings.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.addLayout(self._make_bar((*actions, seen_by_model)))
        layout.addWidget(self._preprocessings)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.caption)
        self.view.zoom_changed.connect(self._on_zoom_changed)
        self._seen_by_model.toggled.connect(self._on_seen_by_model_toggled)
        self._preprocessings.activated.connect(self._load)
        self.set_models(())
        self.show_path(None)

    def _make_bar(self, actions: Sequence[QAction]) -> QHBoxLayout:
        bar = self._bar
        bar.setSpacing(4)
        for action in actions:
            button = QToolButton()
            button.setDefaultAction(action)
            button.setAutoRaise(True)
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
            bar.addWidget(button)
        bar.addStretch(1)
        bar.addWidget(self._zoom)
        return bar

    def set_models(self, models: Sequence[InstalledModel]) -> None:
        """Offer the views of these models, alike ones once."""
        titles: dict[Preprocessing, list[str]] = {}
        for model in models:
            titles.setdefault(model.card.preprocessing, []).append(model.title)
        self._preprocessings.clear()
        for preprocessing, alike in titles.items():
            self._preprocessings.addItem(
                self.tr("{models} ({size} px)").format(
                    models=", ".join(alike), size=preprocessing.size
                ),
                preprocessing,
            )
        self._seen_by_model.setEnabled(bool(titles))
        self._on_seen_by_model_toggled(self._seen_by_model.isChecked())

    def show_path(self, path: Path | None) -> None:
        """Show a photograph, or none."""
        if path is not None and path == self._path:
            return
        self._path = path
        if path is None:
            self._slot.cancel()
            self._loading_timer.stop()
            self._photograph = None
            self._say("")
            self.view.show_message(self.tr("Select a photograph to see it here."))
        else:
            self._load()

    def rename(self) -> None:
        """Call the photograph in its caption as it is called now."""
        if self._path is not None:
            self._load()

    def close_thread(self) -> None:
        """Stop and wait for the thread."""
        self._loading_timer.stop()
        self._slot.close()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words of the buttons out where there is no room for them, then the zoom."""
        super().resizeEvent(event)
        room, styles = event.size().width() - 2 * _MARGIN, Qt.ToolButtonStyle
        for style, has_zoom in (
            (styles.ToolButtonTextBesideIcon, True),
            (styles.ToolButtonIconOnly, True),
            (styles.ToolButtonIconOnly, False),
        ):
            self._zoom.setVisible(has_zoom)
            for button in self.findChildren(QToolButton):
                button.setToolButtonStyle(style)
            self._bar.invalidate()  # a layout in another one keeps what it has measured
            if self._bar.minimumSize().width() <= room:
                break

    def _load(self) -> None:
        if self._path is None:
            return
        self._loading_timer.start()
        seen_by = self._preprocessings.currentData() if self._seen_by_model.isChecked() else None
        self._slot.start(functools.partial(load_view, self._path, seen_by, self._photograph))

    def _on_loaded(self, loaded: LoadedView) -> None:
        self._loading_timer.stop()
        photograph = loaded.photograph
        self._photograph = photograph
        self.view.set_pixels(loaded.pixels)
        height, width = photograph.pixels.shape[:2]
        size = self.tr("{width} × {height} px").format(width=width, height=height)
        notes = map(spoken, photograph.warnings)
        self._say(" · ".join((self._called(photograph.path), size, *notes)))

    def _on_loading_takes_long(self) -> None:
        if self._path is not None:  # the last photograph must not be taken for this one
            self._say(self._called(self._path))
            self.view.show_message(self.tr("Loading…"))

    def _on_failed(self, error: BaseException) -> None:
        self._loading_timer.stop()
        if isinstance(error, ImageError):
            called = self._called(error.path)
            self._say(called)
            is_named = called == error.path.name  # else the reason must not name it either
            self.view.show_message(
                spoken(error.problem) if is_named else self.tr("Could not be read")
            )
        else:
            self._errors.report(error)

    def _on_seen_by_model_toggled(self, on: bool) -> None:
        self._preprocessings.setVisible(on and self._preprocessings.count() > 1)
        self._load()

    def _say(self, caption: str) -> None:
        self.caption.setText(caption)
        self.caption.setToolTip(caption)  # a name that is wider than the pane is cut

    def _on_zoom_changed(self, zoom: float) -> None:
        self._zoom.setText(f"{zoom:.0%}" if zoom else "")

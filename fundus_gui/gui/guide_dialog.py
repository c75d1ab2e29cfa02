"""The guide inside the program: the pages of the documentation that a user of the window wants."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from fundus_gui.core.paths import resources_dir


class GuideDialog(QDialog):
    """A small browser over the guide's pages; leads out of them only at a click."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Guide"))
        self.setModal(False)
        self.resize(820, 680)
        self.browser = QTextBrowser()
        self.browser.setAccessibleName(self.tr("Page of the guide"))
        self.browser.setOpenLinks(False)
        self.browser.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.browser.document().setDocumentMargin(24)
        self.browser.anchorClicked.connect(self._on_link)
        contents = self._button(self.tr("&Contents"), self.show_contents)
        back = self._button(self.tr("&Back"), self.browser.backward)
        back.setShortcut(QKeySequence(QKeySequence.StandardKey.Back))
        back.setEnabled(False)
        self.browser.backwardAvailable.connect(back.setEnabled)
        closing = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        closing.rejected.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(contents)
        foot.addWidget(back)
        foot.addStretch(1)
        foot.addWidget(closing)
        layout = QVBoxLayout(self)
        layout.addWidget(self.browser)
        layout.addLayout(foot)
        self.show_contents()

    def show_contents(self) -> None:
        """Go to the first page."""
        guide = resources_dir() / "guide"
        own = guide / QLocale().name()
        folder = own if own.is_dir() else guide / "en"
        self._show(QUrl.fromLocalFile(str(folder / "index.html")))

    def _button(self, text: str, on_clicked: object) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(on_clicked)
        return button

    def _on_link(self, link: QUrl) -> None:
        target = self.browser.source().resolved(link)
        if target.isLocalFile():
            self._show(target)
        else:
            QDesktopServices.openUrl(target)

    def _show(self, page: QUrl) -> None:
        self.browser.setSource(page)

"""The report of an evaluation as a PDF: the page's variant for paper, laid out by Qt."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QBuffer,
    QCoreApplication,
    QIODevice,
    QMarginsF,
    QRectF,
    QSizeF,
    Qt,
    QUrl,
)
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFont,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)

from fundus_gui.core import atomic
from fundus_gui.core.errors import ExportError
from fundus_gui.core.export import own_pseudonyms

if TYPE_CHECKING:
    from fundus_gui.core.assessments import Assessment
    from fundus_gui.core.reports.evaluation_content import ReportContent

DPI = 300  # of the layout; text and lines are drawn as such
_MARGINS_MM = QMarginsF(18, 16, 18, 20)
_FOOTER_MM = 8  # from the text to the page number
_WIDEST_PICTURE = 0.86  # of the text
_HIGHEST_PICTURE = 0.42  # of the text
_MM_PER_INCH = 25.4
_INDENT = 16.0  # of lists, in pixels of a text document
_LOGICAL_DPI = 96  # of a text document's pixels


def save_pdf(
    assessment: Assessment, path: Path, *, has_pseudonyms: bool = False
) -> Generator[str, None, None]:
    """Write the report as a PDF file, yielding what is done next; for a thread.

    Args:
        assessment: that is reported.
        path: of the file, which is replaced whole or not at all.
        has_pseudonyms: whether these stand for the names of photographs and patients.

    Raises:
        ExportError: the file cannot be written, or the key of the pseudonyms cannot be used.
    """
    from fundus_gui.core.assessments.pseudonymised import pseudonymised
    from fundus_gui.core.assessments.reporting import report_content
    from fundus_gui.core.reports.evaluation_pictures import evaluation_pictures
    from fundus_gui.core.reports.pictures import rendered
    from fundus_gui.core.reports.style import LIGHT

    if has_pseudonyms:
        assessment = pseudonymised(assessment, own_pseudonyms())
    try:
        atomic.check_writable(path.parent)  # tells at once, and why not
        content = report_content(assessment)
        pictures: dict[str, bytes] = {}
        for name, draw in evaluation_pictures(content).items():
            yield QCoreApplication.translate("SavePdf", "Drawing the pictures…")
            pictures[name] = rendered(draw, LIGHT, "png")
        yield QCoreApplication.translate("SavePdf", "Writing the pages…")
        with atomic.replacing(path) as stream:
            stream.write(_pdf(content, pictures))
    except OSError as error:
        raise ExportError(
            f"The report cannot be written to {path} ({error.strerror}). Free some space or "
            "choose another folder."
        ) from error


def _pdf(content: ReportContent, pictures: dict[str, bytes]) -> bytes:
    pages = QBuffer()
    pages.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(pages)
    writer.setTitle(content.name)
    writer.setCreator(f"fundus-gui {content.version}")
    writer.setResolution(DPI)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            _MARGINS_MM,
            QPageLayout.Unit.Millimeter,
        )
    )
    document = report_document(content, pictures, writer)
    _print(document, content.name, writer)
    return bytes(pages.data().data())


def report_document(
    content: ReportContent, pictures: dict[str, bytes], device: QPdfWriter
) -> QTextDocument:
    """Return the report laid out in pages of the device's size; for one thread.

    Args:
        content: what it tells.
        pictures: PNG by name.
        device: whose resolution counts.
    """
    from fundus_gui.core.reports.evaluation_page import evaluation_print

    page = QSizeF(device.width(), device.height())
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.documentLayout().setPaintDevice(device)
    document.setDocumentMargin(0)
    document.setIndentWidth(_INDENT)
    font = QFont()
    font.setPointSizeF(9)
    document.setDefaultFont(font)
    document.setPageSize(page)
    for name, png in pictures.items():
        url = QUrl(f"{name}.png")
        document.addResource(QTextDocument.ResourceType.ImageResource, url, _fitted(png, page))
    document.setHtml(evaluation_print(content))
    _keep_headings(document)
    return document


def _fitted(png: bytes, page: QSizeF) -> QImage:
    """Return the picture so dense that it fits the page; the document scales by the resolution."""
    image = QImage.fromData(png)
    room = QSizeF(page.width() * _WIDEST_PICTURE, page.height() * _HIGHEST_PICTURE)
    shown = image.size().toSizeF().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
    image.setDevicePixelRatio(image.width() / shown.width() * DPI / _LOGICAL_DPI)
    return image


def _keep_headings(document: QTextDocument) -> None:
    """Begin a new page where headings would stand at the foot of one without what they head."""
    start = 0
    while (lonely := _lonely_heading(document, start)) is not None:
        form = QTextBlockFormat()
        form.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
        QTextCursor(lonely).mergeBlockFormat(form)
        _lay_out_anew(document)
        start = lonely.position() + lonely.length()


def _lonely_heading(document: QTextDocument, start: int) -> QTextBlock | None:
    """Return the first of the next headings from a position on that a page's end cuts off."""
    height = document.pageSize().height()
    place = document.documentLayout().blockBoundingRect
    block = document.findBlock(start)
    while block.isValid():
        first = block
        while block.isValid() and block.blockFormat().headingLevel():
            block = block.next()
        if block == first:
            block = block.next()
        elif (
            block.isValid()
            and place(first).top() // height != (place(block).bottom() - 1) // height
        ):
            return first
    return None


def _lay_out_anew(document: QTextDocument) -> None:
    """Let Qt forget its layout: what it mends of one with page breaks loses blocks."""
    page = document.pageSize()
    document.setPageSize(QSizeF(page.width(), page.height() + 1))
    document.setPageSize(page)


def _print(document: QTextDocument, title: str, writer: QPdfWriter) -> None:
    """Draw page after page, with the title and the page's number below."""
    page = document.pageSize()
    footer_top = page.height() + _FOOTER_MM / _MM_PER_INCH * DPI
    footer = QRectF(0, footer_top, page.width(), DPI / 5)
    pages = document.pageCount()
    small = QFont(document.defaultFont())
    small.setPointSizeF(7.5)
    painter = QPainter(writer)
    try:
        for number in range(1, pages + 1):
            if number > 1:
                writer.newPage()
            painter.save()
            painter.translate(0, -(number - 1) * page.height())
            context = QAbstractTextDocumentLayout.PaintContext()
            context.clip = QRectF(0, (number - 1) * page.height(), page.width(), page.height())
            painter.setClipRect(context.clip)
            document.documentLayout().draw(painter, context)
            painter.restore()
            painter.setFont(small)
            painter.setPen(Qt.GlobalColor.darkGray)
            painter.drawText(footer, Qt.AlignmentFlag.AlignLeft, title)
            painter.drawText(footer, Qt.AlignmentFlag.AlignRight, f"{number} / {pages}")
    finally:
        painter.end()

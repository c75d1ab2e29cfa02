"""What the audience sees: a large photograph, bars that grow with every vote, the answer."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

from fundus_gui.core.results import Prediction
from fundus_gui.gui.demo.scene import Scene
from fundus_gui.gui.labels import research_use_only
from fundus_gui.gui.widgets.appearance import Appearance

# The stage is dark in a dark hall, whatever the desktop's colours are.
BACKGROUND = QColor("#0e1319")
_TEXT = QColor("#f2f5f7")
_MUTED = QColor("#9aa7b2")
_TRACK = QColor("#1d2630")
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Stage(QWidget):
    """Tells one scene after another; everything is as large as the screen allows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("The photograph and the vote of the models"))
        dark = QPalette(BACKGROUND)
        dark.setColor(QPalette.ColorRole.Window, BACKGROUND)
        self.setPalette(dark)
        self.setAutoFillBackground(True)
        self._appearance = Appearance()
        self._scene: Scene | None = None
        self._words = ""
        self._clock = QVariantAnimation(self)
        self._clock.setStartValue(0.0)
        self._clock.valueChanged.connect(self.update)

    @property
    def scene(self) -> Scene | None:
        """What is told."""
        return self._scene

    @property
    def words(self) -> str:
        """What is said instead of a scene."""
        return self._words

    def set_appearance(self, appearance: Appearance) -> None:
        """Say how classes and models are called and coloured."""
        self._appearance = appearance
        self.update()

    def tell(self, scene: Scene) -> None:
        """Begin a scene."""
        self._scene, self._words = scene, ""
        self._clock.stop()
        self._clock.setEndValue(scene.seconds)
        self._clock.setDuration(round(1000 * scene.seconds))
        self._clock.start()
        title = self._appearance.class_title(scene.prediction.label)
        self.setAccessibleDescription(f"{title} {scene.prediction.confidence:.0%}")

    def say(self, words: str) -> None:
        """Show a sentence instead of a scene."""
        self._clock.stop()
        self._scene, self._words = None, words
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        """Return a size in which everything can be read."""
        return QSize(1280, 720)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the present moment."""
        unit = min(self.height() / 100, self.width() / 160)
        whole = QRectF(self.rect())
        inner = whole.adjusted(6 * unit, 4 * unit, -6 * unit, -4 * unit)
        with QPainter(self) as painter:
            painter.setRenderHints(
                QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
            )
            sheet = _Sheet(painter, unit)
            self._paint_frame(sheet, inner)
            inner.adjust(0, 7 * unit, 0, -7 * unit)
            if self._scene is None:
                sheet.write(inner, self._words, 4, _MUTED, Qt.AlignmentFlag.AlignCenter)
            else:
                self._paint_scene(sheet, inner, self._scene, float(self._clock.currentValue()))

    def _paint_frame(self, sheet: _Sheet, box: QRectF) -> None:
        head = QRectF(box.topLeft(), box.size())
        head.setHeight(4 * sheet.unit)
        sheet.write(head, self.tr("Fundus classifier"), 2.6, _MUTED)
        foot = QRectF(head)
        foot.moveBottom(box.bottom())
        sheet.write(foot, research_use_only(), 1.9, _MUTED)
        invitation = self.tr("Touch the screen or press any key to try it yourself")
        sheet.write(foot, invitation, 1.9, _TEXT, _RIGHT)

    def _paint_scene(self, sheet: _Sheet, box: QRectF, scene: Scene, at: float) -> None:
        side = min(box.height() - 5 * sheet.unit, 0.47 * box.width())
        photograph = QRectF(box.left(), box.top(), side, side)
        photograph.moveTop(box.top() + (box.height() - side) / 2)
        sheet.show(photograph, scene, scene.picture_shown(at))
        below = QRectF(photograph.left(), photograph.bottom() + sheet.unit, side, 3 * sheet.unit)
        sheet.write(below, scene.caption, 1.9, _MUTED, Qt.AlignmentFlag.AlignHCenter)
        votes = QRectF(box)
        votes.setLeft(photograph.right() + 6 * sheet.unit)
        votes.setTop(photograph.top())
        votes.setBottom(photograph.bottom())
        self._paint_answer(sheet, votes, scene, at)
        self._paint_bars(sheet, votes.adjusted(0, 17 * sheet.unit, 0, -15 * sheet.unit), scene, at)
        self._paint_models(sheet, votes, scene, at)

    def _paint_answer(self, sheet: _Sheet, box: QRectF, scene: Scene, at: float) -> None:
        prediction = scene.prediction
        top = QRectF(box.topLeft(), QPointF(box.right(), box.top() + 9 * sheet.unit))
        with sheet.faded(scene.answer_shown(at)):
            title = self._appearance.class_title(prediction.label)
            sheet.write(top, title, 6.4, _TEXT, is_bold=True)
            top.translate(0, 8.6 * sheet.unit)
            top.setHeight(4 * sheet.unit)
            sheet.write(top, self._answer_in_words(prediction), 2.8, _MUTED)

    def _answer_in_words(self, prediction: Prediction) -> str:
        words = [
            self.tr("probability {confidence}").format(confidence=f"{prediction.confidence:.0%}")
        ]
        if len(prediction.member_names) > 1:
            agrees = prediction.agreement > 1 - 1e-9
            words.append(self.tr("the models agree") if agrees else self.tr("the models disagree"))
        if prediction.outcome == "refer":
            words.append(self.tr("refer to a person"))
        return " · ".join(words)

    def _paint_bars(self, sheet: _Sheet, box: QRectF, scene: Scene, at: float) -> None:
        prediction = scene.prediction
        cast = scene.votes_shown(at)
        step = box.height() / len(prediction.class_names)
        for index, name in enumerate(prediction.class_names):
            row = QRectF(box.left(), box.top() + index * step, box.width(), step)
            shares = [
                (self._appearance.model_colour(member), shown * of_model[index])
                for member, shown, of_model in zip(
                    prediction.member_names, cast, prediction.shares, strict=True
                )
            ]
            is_answer = index == prediction.label_index and scene.answer_shown(at) > 0
            sheet.draw_bar(row, self._appearance.class_title(name), shares, is_bold=is_answer)

    def _paint_models(self, sheet: _Sheet, box: QRectF, scene: Scene, at: float) -> None:
        prediction = scene.prediction
        count = len(prediction.member_names)
        height = min(4.2 * sheet.unit, 13 * sheet.unit / count)
        top = box.bottom() - count * height
        for row, (name, shown) in enumerate(
            zip(prediction.member_names, scene.votes_shown(at), strict=True)
        ):
            own = prediction.member_probabilities[row]
            said = self._appearance.class_title(prediction.class_names[own.index(max(own))])
            line = QRectF(box.left(), top + row * height, box.width(), height)
            with sheet.faded(0.35 + 0.65 * shown):
                sheet.draw_swatch(line, self._appearance.model_colour(name))
                line.setLeft(line.left() + 4 * sheet.unit)
                title = self._appearance.model_title(name)
                weight = f"{prediction.image_weights[row]:.0%}"
                words = self.tr("{model}, weight {weight}").format(model=title, weight=weight)
                sheet.write(line, words, 2.2, _TEXT)
                with sheet.faded(shown):
                    sheet.write(line, f"{said} {max(own):.0%}", 2.2, _MUTED, _RIGHT)


class _Sheet:
    """A painter that measures in hundredths of the screen's height."""

    def __init__(self, painter: QPainter, unit: float) -> None:
        self.unit = unit
        self._painter = painter

    def faded(self, opacity: float) -> _Faded:
        """Paint what follows so visible, in a `with` block."""
        return _Faded(self._painter, opacity)

    def write(
        self,
        box: QRectF,
        text: str,
        size: float,
        colour: QColor,
        where: Qt.AlignmentFlag = _LEFT,
        *,
        is_bold: bool = False,
    ) -> None:
        """Write a line, smaller when the box is too narrow for it."""
        font = QFont(self._painter.font())
        font.setBold(is_bold)
        font.setPixelSize(max(1, round(size * self.unit)))
        self._painter.setFont(font)
        width = self._painter.fontMetrics().horizontalAdvance(text)
        if width > box.width():
            font.setPixelSize(max(1, int(font.pixelSize() * box.width() / width)))
            self._painter.setFont(font)
        self._painter.setPen(colour)
        self._painter.drawText(box, where | Qt.TextFlag.TextSingleLine, text)

    def show(self, box: QRectF, scene: Scene, opacity: float) -> None:
        """Draw the photograph whole, with round corners."""
        size = scene.picture.size().scaled(box.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        area = QRectF(0, 0, size.width(), size.height())
        area.moveCenter(box.center())
        with self.faded(opacity):
            self._painter.save()
            outline = QPainterPath()
            outline.addRoundedRect(area, 1.5 * self.unit, 1.5 * self.unit)
            self._painter.setClipPath(outline)
            self._painter.drawPixmap(area, scene.picture, QRectF(scene.picture.rect()))
            self._painter.restore()

    def draw_bar(
        self, row: QRectF, title: str, shares: list[tuple[str, float]], *, is_bold: bool
    ) -> None:
        """Draw a class: its title, the models' shares end to end, and their sum."""
        name, bar, number = QRectF(row), QRectF(row), QRectF(row)
        name.setWidth(0.36 * row.width())
        number.setLeft(row.right() - 8 * self.unit)
        bar.setLeft(name.right() + 2 * self.unit)
        bar.setRight(number.left())
        thickness = min(3.2 * self.unit, 0.6 * row.height())
        bar.setTop(row.center().y() - thickness / 2)
        bar.setHeight(thickness)
        colour = _TEXT if is_bold else _MUTED
        self.write(name, title, 2.6, colour, is_bold=is_bold)
        self._painter.setPen(Qt.PenStyle.NoPen)
        outline = QPainterPath()
        outline.addRoundedRect(bar, thickness / 4, thickness / 4)
        self._painter.fillPath(outline, _TRACK)
        self._painter.save()
        self._painter.setClipPath(outline)
        left = bar.left()
        for share_colour, share in shares:
            width = share * bar.width()
            self._painter.fillRect(QRectF(left, bar.top(), width, thickness), QColor(share_colour))
            left += width
        self._painter.restore()
        self.write(number, f"{sum(share for _, share in shares):.0%}", 2.6, colour, _RIGHT,
                   is_bold=is_bold)  # fmt: skip

    def draw_swatch(self, line: QRectF, colour: str) -> None:
        """Draw a model's colour at the beginning of a line."""
        side = 2 * self.unit
        square = QRectF(line.left(), line.center().y() - side / 2, side, side)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(colour))
        self._painter.drawRoundedRect(square, side / 6, side / 6)


class _Faded:
    """Multiplies the painter's opacity within a `with` block."""

    def __init__(self, painter: QPainter, opacity: float) -> None:
        self._painter, self._before = painter, painter.opacity()
        self._opacity = opacity

    def __enter__(self) -> None:
        self._painter.setOpacity(self._before * self._opacity)

    def __exit__(self, *_error: object) -> None:
        self._painter.setOpacity(self._before)

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtGui import QAction, QFontDatabase
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from fundus_gui.core.paths import resources_dir
from fundus_gui.gui.labels import Counts
from fundus_gui.gui.language import LANGUAGES, system_language, use_language
from fundus_gui.gui.main_window import MainWindow
from fundus_gui.gui.result_columns import Status

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "build_scripts"))

import translations  # noqa: E402 - a script, not a package

PLACE = re.compile(r"\{\w+\}|%L?n")
COUNTED = re.compile(r"\{\w+\} (?:[a-z]+ )?([a-z]+s)(?![a-z/])")
VERBS = {"is", "as", "was", "changes", "exceeds", "falls"}
NEVER_ONE = {"classes", "parameters", "cases", "points"}
# Said of two or more: one has a text of its own.
SEVERAL = {
    "All {count} models say {label}.",
    "Move {count} evaluations to the trash?",
    "{agreeing} of {count} models, with {weight} of the vote weight, say {label}.",
    "{count} trainings are running",
    "{count} trainings are still running.",
}
CHINESE = resources_dir() / "translations" / "fundus_gui_zh_CN.ts"
ENGLISH = resources_dir() / "translations" / "fundus_gui_en.ts"
TRANSLATED = sorted((resources_dir() / "translations").glob("*.ts"))


@pytest.fixture
def speak(qapp: QApplication) -> Iterator[Callable[[str], None]]:
    """Return a function that lets the program speak a language; afterwards it is English again."""
    yield lambda language: use_language(qapp, language)
    use_language(qapp, "en")


def latest(kept: Path, tmp_path: Path) -> list[translations.Message]:
    copy = tmp_path / kept.name
    shutil.copy(kept, copy)
    translations.update(copy)
    return translations.read_messages(copy)


def test_every_text_of_the_window_has_a_chinese_one(tmp_path: Path) -> None:
    messages = latest(CHINESE, tmp_path)
    assert [message for message in messages if not message.translation] == []


def test_every_counted_text_has_singular_and_plural(tmp_path: Path) -> None:
    assert latest(ENGLISH, tmp_path) == translations.read_messages(ENGLISH)


def test_no_text_counts_without_knowing_one_from_many(tmp_path: Path) -> None:
    wrong = [
        message.source
        for message in latest(CHINESE, tmp_path)
        if not message.is_counted and message.source not in SEVERAL
        if "fewer than {few}" not in message.source  # a number of the program's own
        for word in COUNTED.findall(message.source)
        if word not in NEVER_ONE | VERBS
    ]
    assert wrong == []


@pytest.mark.parametrize("path", TRANSLATED)
def test_the_compiled_translation_is_that_of_the_texts(path: Path, tmp_path: Path) -> None:
    translations.release(path, tmp_path / "fresh.qm")
    assert (tmp_path / "fresh.qm").read_bytes() == path.with_suffix(".qm").read_bytes()


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [("en", "1 photograph", "1,234 photographs"), ("zh_CN", "1 张照片", "1,234 张照片")],
)
def test_one_is_not_many(language: str, one: str, many: str, speak: Callable[[str], None]) -> None:
    speak(language)
    assert (Counts().photographs(1), Counts().photographs(1234)) == (one, many)


def test_translations_keep_places_keys_and_lines() -> None:
    def marks(text: str) -> tuple[list[str], int, int, bool]:
        places = sorted(PLACE.findall(text))
        return places, text.count("&"), text.count("\n"), text.endswith("…")

    messages = translations.read_messages(CHINESE)
    assert [m for m in messages if marks(m.source) != marks(m.translation)] == []


def test_every_letter_is_in_the_font_that_is_shipped() -> None:
    from fontTools.ttLib import TTFont

    (file,) = (resources_dir() / "fonts").glob("*.ttf")
    letters = {
        letter
        for message in translations.read_messages(CHINESE)
        for letter in message.translation
        if letter > "\u2e80"
    }
    assert letters <= set(map(chr, TTFont(file).getBestCmap()))


def test_without_a_system_font_the_shipped_one_is_taken(
    monkeypatch: pytest.MonkeyPatch, speak: Callable[[str], None]
) -> None:
    added: list[str] = []
    monkeypatch.setattr(QFontDatabase, "families", lambda *_: [])
    monkeypatch.setattr(QFontDatabase, "addApplicationFont", added.append)
    speak("zh_CN")
    assert [Path(name).suffix for name in added] == [".ttf"]


def test_the_language_can_be_changed_to_and_fro(speak: Callable[[str], None]) -> None:
    def quit_command() -> str:
        return QCoreApplication.translate("Actions", "&Quit")

    speak("zh_CN")
    assert quit_command() == "退出(&Q)"
    assert QLocale().language() == QLocale.Language.Chinese
    speak("en")
    assert quit_command() == "&Quit"
    assert QLocale().language() == QLocale.Language.English


def test_an_unknown_language_is_that_of_the_system(speak: Callable[[str], None]) -> None:
    speak("tlh")
    assert QLocale().language() == QLocale(system_language()).language()


@pytest.mark.parametrize(
    ("locale", "language"), [("zh_CN.UTF-8", "zh_CN"), ("de_DE.UTF-8", "en"), ("C", "en")]
)
def test_the_system_s_language_is_spoken_where_it_is_known(locale: str, language: str) -> None:
    asked = "from fundus_gui.gui.language import system_language; print(system_language())"
    environment = {"LC_ALL": locale, "LANGUAGE": "", "PATH": ""}
    told = subprocess.run(
        [sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == language


@pytest.mark.parametrize(
    ("locale", "language", "shown"),
    [
        ("en_GB.UTF-8", "en", "05/11/2026 14:03"),
        ("en_ZA.UTF-8", "en", "2026/11/05 14:03"),
        ("en_US.UTF-8", "en", "11/5/26 2:03 PM"),
        ("de_DE.UTF-8", "en", "11/5/26 2:03 PM"),
        ("en_GB.UTF-8", "zh_CN", "2026/11/5 14:03"),
        ("zh_SG.UTF-8", "zh_CN", "05/11/26 下午2:03"),
        ("zh_TW.UTF-8", "zh_CN", "2026/11/5 14:03"),  # another script
    ],
)
def test_dates_are_written_as_in_the_user_s_country_where_it_speaks_the_language(
    locale: str, language: str, shown: str
) -> None:
    asked = """
import sys
from PySide6.QtCore import QDate, QDateTime, QTime
from PySide6.QtWidgets import QApplication
from fundus_gui.gui.labels import class_title, day_and_time, Counts
from fundus_gui.gui.language import use_language
application = QApplication([])
use_language(application, sys.argv[1])
print(day_and_time(QDateTime(QDate(2026, 11, 5), QTime(14, 3))), Counts().photographs(1234567),
      class_title("normal"), sep="|")
"""
    environment = {"LC_ALL": locale, "LANGUAGE": "", "PATH": "", "QT_QPA_PLATFORM": "offscreen",
                   "PYTHONIOENCODING": "utf-8"}  # fmt: skip
    told = subprocess.run(
        [sys.executable, "-c", asked, language],
        env=environment, capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    date, count, title = told.stdout.strip().split("|")
    assert date.replace("\u202f", " ") == shown
    assert "1,234,567" in count  # as charts and tables write it
    assert title == {"en": "Normal", "zh_CN": "正常"}[language]


@pytest.mark.parametrize("page", ["classify", "train", "evaluate"])
def test_a_chinese_window_shows_no_english(
    page: str, speak: Callable[[str], None], open_window: Callable[[], MainWindow]
) -> None:
    speak("zh_CN")
    window = open_window()
    window.show_page(page)
    english = {
        message.source
        for message in translations.read_messages(CHINESE)
        if message.translation != message.source
    }
    assert shown_words(window) & english == set()
    assert any(letter > "\u4e00" for words in shown_words(window) for letter in words)


def shown_words(window: QWidget) -> set[str]:
    words: set[str] = set()
    for widget in window.findChildren(QWidget):
        words |= {widget.toolTip(), widget.accessibleName()}
        if isinstance(widget, QLabel | QAbstractButton):
            words.add(widget.text())
    for action in window.findChildren(QAction):
        words |= {action.text(), action.toolTip()}
    return words - {""}


@pytest.mark.parametrize("page", ["classify", "train", "evaluate"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_layout_cuts_a_text(
    page: str,
    language: str,
    speak: Callable[[str], None],
    open_window: Callable[[], MainWindow],
    photographs: Callable[..., Path],
    qtbot: QtBot,
) -> None:
    speak(language)
    window = open_window()
    if page == "classify":
        window.open_paths([photographs(3)])
        qtbot.waitUntil(lambda: window.page.model.count(Status.CLASSIFIED) == 3, timeout=20_000)
    window.resize(window.minimumSize())
    window.show_page(page)
    qtbot.wait(50)
    cut = [
        (type(widget).__name__, widget.text())
        for widget in window.findChildren(QWidget)
        if isinstance(widget, QLabel | QAbstractButton)
        and widget.isVisible()
        and widget.text()
        and not (isinstance(widget, QLabel) and widget.wordWrap())
        and widget.minimumSizeHint().width() > widget.width()
    ]
    assert cut == []

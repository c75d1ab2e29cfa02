"""The language of the window: which there are, and how the program comes to speak one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QFontDatabase

from fundus_gui.core.paths import resources_dir

LANGUAGES: Mapping[str, str] = {"en": "English", "zh_CN": "简体中文"}
"""The languages by locale name, each called as its speakers call it."""


def system_language() -> str:
    """Return the first of the user's languages that the window speaks, else English."""
    for wanted in QLocale.system().uiLanguages():
        for language in LANGUAGES:
            if QLocale(wanted).language() == QLocale(language).language():
                return language
    return "en"


def use_language(application: QCoreApplication, language: str) -> None:
    """Speak a language of `LANGUAGES` in every window made from now on; empty is the system's.

    Numbers follow it; dates as `locale_of_dates` says.
    """
    chosen = language if language in LANGUAGES else system_language()
    for old in application.findChildren(QTranslator):
        QCoreApplication.removeTranslator(old)
        old.deleteLater()
    own = resources_dir() / "translations"
    # Qt's own texts, what these lack, and the program's; in English singular and plural alone.
    for file in (_of_qt(chosen), own / f"qt_{chosen}.qm", own / f"fundus_gui_{chosen}.qm"):
        translator = QTranslator(application)
        if translator.load(str(file)):
            QCoreApplication.installTranslator(translator)
    if chosen != "en":
        _have_letters()
    QLocale.setDefault(QLocale(chosen))


def locale_of_dates() -> QLocale:
    """Return the system's locale where it speaks the window's language, else the window's.

    English has days before months in most countries. Numbers keep the window's own signs, which
    are those of charts and tables.
    """
    system, spoken = QLocale.system(), QLocale()
    is_spoken = (system.language(), system.script()) == (spoken.language(), spoken.script())
    return system if is_spoken else spoken


def _of_qt(language: str) -> Path:
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    return Path(folder) / f"qtbase_{language}.qm"


def _have_letters() -> None:
    """Bring a font for Chinese where the system has none."""
    if not QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese):
        for file in (resources_dir() / "fonts").glob("*.ttf"):
            QFontDatabase.addApplicationFont(str(file))

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from fundus_gui.core.paths import resources_dir
from fundus_gui.gui.guide_dialog import GuideDialog

PAGES = sorted((resources_dir() / "guide").glob("*.html"))


@pytest.fixture
def guide(qtbot: QtBot) -> GuideDialog:
    dialog = GuideDialog()
    qtbot.addWidget(dialog)
    return dialog


def test_it_opens_at_the_contents_and_every_page_can_be_reached(guide: GuideDialog) -> None:
    linked = set(re.findall(r'href="([\w-]+\.html)"', guide.browser.toHtml()))
    assert linked == {page.name for page in PAGES} - {"index.html"}
    for name in linked:
        guide.browser.anchorClicked.emit(QUrl(name))
        assert guide.browser.source().fileName() == name
        assert len(guide.browser.toPlainText()) > 300
        guide.show_contents()


def test_every_link_between_pages_leads_somewhere() -> None:
    names = {page.name for page in PAGES}
    for page in PAGES:
        content = page.read_text(encoding="utf-8")
        for name, anchor in re.findall(r'href="([\w-]+\.html)?(?:#([\w-]+))?"', content):
            target = page.with_name(name) if name else page
            assert target.name in names
            assert not anchor or f'name="{anchor}"' in target.read_text(encoding="utf-8")


def test_a_web_address_is_opened_in_the_browser_of_the_system(
    guide: GuideDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    guide.browser.anchorClicked.emit(QUrl("https://example.org/"))
    assert opened == ["https://example.org/"]
    assert guide.browser.source().fileName() == "index.html"

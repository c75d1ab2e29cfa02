from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fundus_gui.core.paths import resources_dir
from fundus_gui.gui.guide_dialog import GuideDialog
from fundus_gui.gui.language import use_language

PAGES = sorted((resources_dir() / "guide").glob("*/*.html"))


@pytest.fixture(params=["en", "zh_CN"])
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    """Speak each language of the guide in turn."""
    use_language(qapp, request.param)
    yield request.param
    use_language(qapp, "en")


@pytest.fixture
def guide(qtbot: QtBot, language: str) -> GuideDialog:  # noqa: ARG001 - speaks before it is made
    dialog = GuideDialog()
    qtbot.addWidget(dialog)
    return dialog


def test_it_opens_at_the_contents_and_every_page_can_be_reached(
    guide: GuideDialog, language: str
) -> None:
    linked = set(re.findall(r'href="([\w-]+\.html)"', guide.browser.toHtml()))
    assert linked == {page.name for page in PAGES} - {"index.html"}
    for name in linked:
        guide.browser.anchorClicked.emit(QUrl(name))
        assert guide.browser.source().toLocalFile().endswith(f"/{language}/{name}")
        text = guide.browser.toPlainText()
        assert len(text) > 200
        assert (max(text) > "\u4e00") == (language == "zh_CN")
        guide.show_contents()


def test_every_link_between_pages_leads_somewhere() -> None:
    names = {page.name for page in PAGES}
    for page in PAGES:
        content = page.read_text(encoding="utf-8")
        for name, anchor in re.findall(r'href="([\w-]+\.html)?(?:#([\w-]+))?"', unquote(content)):
            target = page.with_name(name) if name else page
            assert target.name in names
            assert not anchor or f'name="{anchor}"' in target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("language", "link"),
    [("en", "decision.html#3-the-vote"), ("zh_CN", "decision.html#3-%E6%8A%95%E7%A5%A8")],
    indirect=["language"],
)
def test_a_link_to_a_section_goes_to_it(guide: GuideDialog, link: str) -> None:
    guide.resize(400, 300)
    guide.show()
    guide.browser.anchorClicked.emit(QUrl(link))
    assert guide.browser.verticalScrollBar().value() > 0


def test_a_web_address_is_opened_in_the_browser_of_the_system(
    guide: GuideDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    guide.browser.anchorClicked.emit(QUrl("https://example.org/"))
    assert opened == ["https://example.org/"]
    assert guide.browser.source().fileName() == "index.html"

"""Looks at what the packaged window shows beside the work: guide, conference mode, Chinese."""

from __future__ import annotations

import time
from pathlib import Path

from bundling.findings import Finding
from bundling.screen import SIZE, Screen
from bundling.smoke import PATIENCE_SECONDS, TITLE, Workplace, end_of

_CHINESE_TITLE = "眼底照片分类"
_QUIT_SECONDS = 30.0
_SHOW_SECONDS = 15.0  # until the first photograph of the show is classified


def check_guide(screen: Screen, pictures: Path) -> Finding:
    """Open the guide over the window and close it."""
    screen.press("F1")
    guide = screen.find("Guide", PATIENCE_SECONDS)
    screen.picture(pictures / "guide.png")
    screen.press("Escape")
    gone = screen.is_gone("Guide", PATIENCE_SECONDS)
    said = "opened and closed" if guide and gone else "not opened" if not guide else "stays open"
    return Finding("guide by F1", "opens and closes", said, bool(guide) and gone)


def check_demo(work: Workplace, screen: Screen, pictures: Path) -> Finding:
    """Start in conference mode, watch, end it by F11 and close the window behind it."""
    process = work.start_window("demo", variables=screen.variables)
    window = screen.find(TITLE, PATIENCE_SECONDS, process)
    time.sleep(_SHOW_SECONDS)
    stage = screen.find(TITLE, 1) if window else ""
    fills = bool(stage) and screen.size(stage) == SIZE
    screen.picture(pictures / "demo.png")
    screen.press("F11")
    deadline = time.monotonic() + _QUIT_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(1)
        screen.press("ctrl+q")  # which means nothing until the stage is gone
    code = end_of(process)
    said = f"{'the whole screen' if fills else 'not the whole screen'}, exit {code}"
    return Finding("conference mode", "the whole screen, exit 0", said, fills and code == 0)


def check_language(work: Workplace, screen: Screen, pictures: Path) -> Finding:
    """Choose Chinese from the menu and start again; the program stays Chinese."""
    process = work.start_window(variables=screen.variables)
    window = screen.find(TITLE, PATIENCE_SECONDS, process)
    screen.settle(window)
    screen.press("alt+v", "l", "Up", "Return")
    changed = screen.find(_CHINESE_TITLE, 30, process)
    time.sleep(1)
    screen.picture(pictures / "chinese.png")
    screen.press("ctrl+q")
    codes = [end_of(process)]
    process = work.start_window(variables=screen.variables)
    kept = screen.find(_CHINESE_TITLE, 30, process)
    screen.press("ctrl+q")
    codes.append(end_of(process))
    said = f"changed: {bool(changed)}, kept: {bool(kept)}, exit codes {codes}"
    good = bool(changed) and bool(kept) and codes == [0, 0]
    return Finding("Chinese by the menu, kept at the next start", "yes, exit 0", said, good)

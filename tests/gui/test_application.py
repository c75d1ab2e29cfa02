from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

OPENING = """
import json, sys
from PySide6.QtCore import QCoreApplication, QTimer, QUrl
from PySide6.QtGui import QFileOpenEvent
from fundus_gui.gui.app import create_application

app = create_application(["fundus-gui"])
heard = []
app.files_opened.connect(lambda paths: heard.append([str(path) for path in paths]))

def ask(*urls):
    for url in urls:
        QCoreApplication.sendEvent(app, QFileOpenEvent(QUrl(url)))

QTimer.singleShot(0, lambda: ask("file:///a/one.png"))
later = ("file:///a/two%20b.png", "https://example.org/", "file:///a/one.png")
QTimer.singleShot(50, lambda: ask(*later))
QTimer.singleShot(1500, lambda: ask("file:///c"))
QTimer.singleShot(3000, app.quit)
app.exec()
print(json.dumps(heard))
"""


def test_files_that_the_system_opens_one_after_another_are_opened_together() -> None:
    told = subprocess.run(
        [sys.executable, "-c", OPENING], capture_output=True, text=True, check=True
    )
    first, second = (
        [str(Path(path)) for path in paths] for paths in json.loads(told.stdout.splitlines()[-1])
    )
    assert first == [str(Path("/a/one.png")), str(Path("/a/two b.png"))]
    assert second == [str(Path("/c"))]

from __future__ import annotations

from pathlib import Path

import pytest

from fundus_gui.core.errors import ExportError
from fundus_gui.gui.evaluation.assessment_jobs import rename_assessment


@pytest.mark.parametrize(
    ("name", "free"), [("a/b", "a-b"), ("taken", "taken 2"), (".", "evaluation")]
)
def test_a_name_that_no_folder_can_have_is_refused(tmp_path: Path, name: str, free: str) -> None:
    for folder in ("old", "taken"):
        (tmp_path / folder).mkdir()
    with pytest.raises(ExportError, match=f"“{free}” would do"):
        list(rename_assessment(tmp_path / "old", name))
    assert (tmp_path / "old").is_dir()

from __future__ import annotations

import multiprocessing

from fundus_gui.core.runs import PRESETS
from fundus_gui.gui.training.architectures import list_architectures


def test_all_networks_are_named_by_another_process() -> None:
    (names,) = [names for names in list_architectures() if names is not None]
    presets = {model for preset in PRESETS for model in preset.models}
    assert {model for model in presets if not model.startswith("timm:")} <= set(names)


def test_the_other_process_ends_when_nobody_waits_any_more() -> None:
    names = list_architectures()
    assert next(names) is None
    names.close()
    assert multiprocessing.active_children() == []

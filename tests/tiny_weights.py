"""A folder of two tiny registered models and an ensemble of both, made in milliseconds."""

from __future__ import annotations

from pathlib import Path

import torch

from fundus_gui.core.cards import ModelCard
from fundus_gui.core.checkpoints import save_checkpoint
from fundus_gui.core.models import create_model
from fundus_gui.core.preprocessing import Preprocessing

torch.set_num_threads(1)  # so small networks gain nothing from threads that wait for each other

CLASS_NAMES = ("amd", "glaucoma", "normal")
SIZES = {"tiny_a": 32, "tiny_b": 48}
WEIGHTS = (0.6, 0.4)


def write_tiny_model(path: Path, *, seed: int = 0, size: int = 32, **card: object) -> None:
    """Write untrained weights whose answers differ from picture to picture."""
    torch.manual_seed(seed)
    model = create_model("tiny", num_classes=len(CLASS_NAMES))
    with torch.no_grad():
        model[-1].weight *= 8
    settings = {
        "architecture": "tiny",
        "class_names": CLASS_NAMES,
        "preprocessing": Preprocessing(size=size),
        "title": path.stem,
    }
    save_checkpoint(path, model.state_dict(), ModelCard(**(settings | card)))


def write_tiny_weights(folder: Path) -> Path:
    """Fill `folder` with tiny_a, tiny_b and an `ensembles.toml` that names both as `pair`."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed, (name, size) in enumerate(SIZES.items()):
        write_tiny_model(folder / f"{name}.safetensors", seed=seed, size=size)
    (folder / "ensembles.toml").write_text(
        '[ensembles.pair]\ntitle = "Pair"\nmembers = ["tiny_a", "tiny_b"]\n'
        'weights = [0.6, 0.4]\nmethod = "given"\n',
        encoding="utf-8",
    )
    return folder

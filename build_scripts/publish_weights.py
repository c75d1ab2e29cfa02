"""Turn training runs into the shipped weights: half precision, honest figures, vote, golden image.

    .venv/bin/python build_scripts/publish_weights.py --data DIR --run runs/NAME [--run ...] \
        [--size NAME=160] [--out weights]

Figures are of the validation part that the runs themselves set aside; the test part is not read.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from safetensors.torch import load_file

from fundus_gui.core.cards import ModelCard, read_card
from fundus_gui.core.catalogue import Catalogue, EnsembleSpec, read_catalogue, write_ensemble
from fundus_gui.core.checkpoints import save_checkpoint
from fundus_gui.core.datasets import LabelledImage, read_split
from fundus_gui.core.ensemble import load_ensemble
from fundus_gui.core.evaluation import Metrics, measure
from fundus_gui.core.fusion import VoteFit, fit_vote_weights
from fundus_gui.core.inference import predict_images
from fundus_gui.core.models import find_architecture
from fundus_gui.core.paths import samples_dir
from fundus_gui.core.results import Prediction
from fundus_gui.core.runs import RunFolder

LICENCE = (
    "Research use only. Trained on ODIR-2019 photographs, published for research without a "
    "licence text; the photographs are not redistributed."
)


def main() -> None:
    """Read the options and publish."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, action="append", required=True)
    parser.add_argument("--size", action="append", default=[], help="NAME=pixels at inference")
    parser.add_argument("--out", type=Path, default=Path("weights"))
    options = parser.parse_args()
    sizes = {name: int(size) for name, size in (item.split("=") for item in options.size)}
    runs = {path.name: RunFolder(path) for path in options.run}
    names = list(runs)
    for name, run in runs.items():
        card = prepared_card(read_card(run.best_file), sizes.get(name))
        save(options.out / f"{name}.safetensors", run, card)

    catalogue = read_catalogue([options.out])
    images = validation_images(options.data, list(runs.values()))
    probabilities, labels = classify_validation(catalogue, names, images)
    fit = fit_vote_weights(probabilities, labels)
    golden = classify_golden(catalogue, names)
    for name, own, answer in zip(names, probabilities, golden, strict=True):
        card = dataclasses.replace(
            catalogue.model(name).card,
            metrics={"validation": known_figures(measure(own, labels))},
            golden=answer,
        )
        save(options.out / f"{name}.safetensors", runs[name], card)
    write_ensemble(default_ensemble(names, fit, len(labels)), options.out, overwrite=True)
    members = {n: measure(p, labels) for n, p in zip(names, probabilities, strict=True)}
    voted = measure(fit.vote(probabilities), labels)
    print_figures(members, voted)
    if voted.balanced_accuracy < min(m.balanced_accuracy for m in members.values()):
        raise SystemExit("The ensemble is worse than its worse member; do not ship it.")


def prepared_card(card: ModelCard, size: int | None) -> ModelCard:
    """Add title, licence and notes; set the size at inference when it differs."""
    preprocessing = card.preprocessing
    trained = preprocessing.size
    if size is not None:
        preprocessing = dataclasses.replace(preprocessing, size=size)
    return dataclasses.replace(
        card,
        title=find_architecture(card.architecture).title,
        preprocessing=preprocessing,
        licence=f"{LICENCE} Started from weights under {card.licence}."
        if card.licence
        else LICENCE,
        notes=f"A first small model, trained from scratch on a CPU at {trained} px. {_prior(card)}",
        metrics={},
        golden={},
    )


def _prior(card: ModelCard) -> str:
    config = card.training["config"]
    strength = 0 if config["balance"] == "none" else config["balance_strength"]
    if strength == 0:
        return "Its probabilities assume classes as frequent as in the training part."
    if strength < 1:
        return (
            "Rare classes counted for more than their number in training: its probabilities "
            "assume that the classes differ less in frequency than they do."
        )
    return (
        "Rare classes counted as much as frequent ones in training: its probabilities assume that "
        "all classes are equally frequent, so that it calls too many normal eyes diseased."
    )


def known_figures(metrics: Metrics) -> dict[str, float]:
    """Return the figures by name, without those that the number of classes makes meaningless."""
    return {name: v for name, v in dataclasses.asdict(metrics).items() if v is not None}


def save(path: Path, run: RunFolder, card: ModelCard) -> None:
    """Write a run's best weights in half precision under `card`."""
    save_checkpoint(path, load_file(run.best_file), card, half=True)


def validation_images(folder: Path, runs: Sequence[RunFolder]) -> Sequence[LabelledImage]:
    """Return the photographs that all runs set aside, as their `split.csv` say."""
    parts = [read_split(folder, run.split_file).part("val") for run in runs]
    if len({frozenset(image.path for image in part) for part in parts}) != 1:
        raise SystemExit("The runs set different photographs aside: no vote can be fitted on them.")
    return parts[0]


def classify_validation(
    catalogue: Catalogue, names: Sequence[str], images: Sequence[LabelledImage]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the members' probabilities (M, N, K) and the labels (N,) of the validation part."""
    ensemble = load_ensemble(catalogue.of_models(names), catalogue)
    results = list(predict_images(ensemble, [image.path for image in images]))
    failed = [result.path.name for result in results if not isinstance(result, Prediction)]
    if failed:
        raise SystemExit(f"Validation photographs could not be read: {', '.join(failed)}")
    stacked = np.array([result.member_probabilities for result in results])  # (N, M, K)
    labels = np.array([ensemble.class_names.index(image.label) for image in images])
    return stacked.transpose(1, 0, 2), labels


def classify_golden(catalogue: Catalogue, names: Sequence[str]) -> list[Mapping[str, object]]:
    """Return each model's answer for the first sample photograph."""
    image = min(samples_dir().glob("*.jpg"))
    answers = []
    for name in names:
        ensemble = load_ensemble(catalogue.of_models([name]), catalogue, device="cpu")
        (result,) = predict_images(ensemble, [image], batch_size=1)
        if not isinstance(result, Prediction):
            raise SystemExit(f"{image}: {result.error}")
        answers.append({"image": image.name, "probabilities": list(result.probabilities)})
    return answers


def default_ensemble(names: Sequence[str], fit: VoteFit, images: int) -> EnsembleSpec:
    """Return the ensemble that is used when none is named."""
    return EnsembleSpec(
        name="default",
        title="Default ensemble",
        members=tuple(names),
        weights=fit.weights,
        method=fit.method,
        fitted_on=f"validation part, {images} photographs",
    )


def print_figures(members: Mapping[str, Metrics], voted: Metrics) -> None:
    """Print the table that the model card page shows."""
    print("| model | images | accuracy | balanced accuracy | macro-AUC | log-loss |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, m in {**members, "ensemble": voted}.items():
        print(
            f"| {name} | {m.images} | {m.accuracy:.3f} | {m.balanced_accuracy:.3f} "
            f"| {m.macro_auc:.3f} | {m.log_loss:.3f} |"
        )


if __name__ == "__main__":
    main()

"""The ways to classify photographs that `classify.py` lets race, from files to rows in a CSV.

All have the same networks out of the same weights files, and batches of 16 if any. Each function
makes one way ready and returns what goes it once.
"""

from __future__ import annotations

import csv
import dataclasses
import importlib.util
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from measuring import Play, Prepare
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from fundus_gui.core.cards import ModelCard
from fundus_gui.core.catalogue import read_catalogue
from fundus_gui.core.checkpoints import load_checkpoint, save_checkpoint
from fundus_gui.core.ensemble import Ensemble, load_ensemble
from fundus_gui.core.export import RunRecord, export_results
from fundus_gui.core.inference import predict_images
from fundus_gui.core.models import create_model
from fundus_gui.core.models.attention import SimAM
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.results import ImageResult, Precision, UnreadableImage

BATCH = 16
_HALF = (0.5, 0.5, 0.5)
_CLASSES = ("a", "b", "c", "d", "e", "f")


@dataclass(frozen=True, slots=True)
class Job:
    """What all contestants get.

    Attributes:
        weights: folder of the weights files.
        models: their names.
        photographs: all in one folder, which holds nothing else.
        size: of the networks' input in pixels.
        device: cpu or cuda.
        threads: of torch and of decoding; 0 leaves both to the contestant.
    """

    weights: Path
    models: tuple[str, ...]
    photographs: tuple[Path, ...]
    size: int
    device: str = "cpu"
    threads: int = 0

    @property
    def workers(self) -> int:
        """Processes that decode, for those who use processes: as many as timm starts."""
        return self.threads or 2

    def networks(self) -> list[nn.Module]:
        """Load the networks as they are, without anything of the program's engine."""
        self.limit_threads()
        files = (self.weights / f"{name}.safetensors" for name in self.models)
        return [load_checkpoint(file).model.to(self.device) for file in files]

    def limit_threads(self) -> None:
        """Hold torch to the number of threads."""
        if self.threads:
            torch.set_num_threads(self.threads)


def write_random_networks(folder: Path, models: Sequence[str], size: int) -> None:
    """Write weights files of untrained networks, whose speed is that of trained ones."""
    for seed, name in enumerate(models):
        torch.manual_seed(seed)
        network = create_model(name, num_classes=len(_CLASSES), input_size=size)
        for module in network.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.momentum = 1.0
        with torch.no_grad():  # once in training, so that normalised maps are of a natural size
            network.train()(torch.randn(4, 3, size, size))
        how = Preprocessing(size=size, mean=_HALF, std=_HALF)
        card = ModelCard(architecture=name, class_names=_CLASSES, preprocessing=how)
        save_checkpoint(folder / f"{name}.safetensors", network.state_dict(), card)


# This program -------------------------------------------------------------------------------------


class ClockedEnsemble(Ensemble):
    """An ensemble that knows how long its networks took."""

    seconds = 0.0

    def predict_proba(self, inputs: Mapping[Preprocessing, Tensor]) -> NDArray[np.float32]:
        """Return what the ensemble says."""
        began = time.perf_counter()
        probabilities = super().predict_proba(inputs)
        type(self).seconds += time.perf_counter() - began
        return probabilities


def loaded(job: Job, precision: Precision) -> Ensemble:
    """Load the networks as the program does."""
    job.limit_threads()
    catalogue = read_catalogue([job.weights])
    spec = catalogue.of_models(job.models, vote_weights(len(job.models)))
    return load_ensemble(spec, catalogue, device=job.device, precision=precision)


def program(job: Job, precision: Precision) -> Play:
    """Classify as `fundus-gui classify --out` does."""
    plain = loaded(job, precision)
    fields = {field.name: getattr(plain, field.name) for field in dataclasses.fields(plain)}
    ensemble = ClockedEnsemble(**fields)
    run = RunRecord(
        ensemble=ensemble.spec,
        cards=ensemble.cards,
        weights_sha256=ensemble.weights_sha256,
        device=ensemble.device_name,
        roots=job.photographs[:1],
    )

    def play() -> float:
        before = ClockedEnsemble.seconds
        with tempfile.TemporaryDirectory() as folder:
            results = predict_images(ensemble, job.photographs, workers=job.threads or None)
            for result in export_results(results, Path(folder) / "results.csv", run):
                require_readable(result)
        return ClockedEnsemble.seconds - before

    return play


def one_by_one(job: Job, precision: Precision) -> Play:
    """Classify each photograph alone, as when one is opened in the window; no CSV."""
    ensemble = loaded(job, precision)

    def play() -> float:
        for path in job.photographs:
            for result in predict_images(ensemble, [path], workers=job.threads or None):
                require_readable(result)
        return 0.0

    return play


def networks_alone(job: Job, precision: Precision, batch_size: int = BATCH) -> Play:
    """Run the program's networks on tensors that wait on the device: the most one could have."""
    ensemble = loaded(job, precision)
    inputs = {
        how: torch.randn(batch_size, 3, how.size, how.size, device=job.device)
        for how in ensemble.preprocessings
    }

    def play() -> float:
        for start in range(0, len(job.photographs), batch_size):
            left = len(job.photographs) - start
            ensemble.predict_proba({how: batch[:left] for how, batch in inputs.items()})
        return 0.0

    return play


def plain_batch(job: Job) -> Play:
    """Run the networks as they are on one batch: no program can do with less memory."""
    networks = job.networks()

    @torch.inference_mode()
    def play() -> float:
        batch = torch.randn(BATCH, 3, job.size, job.size, device=job.device)
        for network in networks:
            network(batch)
        return 0.0

    return play


def nothing(job: Job) -> Play:
    """Import what all contestants import, and nothing more."""
    job.limit_threads()
    return lambda: 0.0


def require_readable(result: ImageResult) -> None:
    """Stop at a photograph that no contestant could read."""
    if isinstance(result, UnreadableImage):
        raise SystemExit(f"{result.path}: {result.error}")


# The article's script -----------------------------------------------------------------------------


class PrintedSimAM(nn.Module):
    """SimAM in the steps of its formula, each a pass over the map, as it is printed."""

    def __init__(self, e_lambda: float) -> None:
        super().__init__()
        self.e_lambda = e_lambda

    def forward(self, x: Tensor) -> Tensor:
        """Return x · sigmoid(d / (4 · (Σ d / n + λ)) + 0.5) with d = (x - mean)²."""
        n = x.shape[2] * x.shape[3] - 1
        d = (x - x.mean(dim=[2, 3], keepdim=True)).pow(2)
        energy = d / (4 * (d.sum(dim=[2, 3], keepdim=True) / n + self.e_lambda)) + 0.5
        return x * torch.sigmoid(energy)


def script(job: Job) -> Play:
    """Go the way of the article's script: photograph by photograph, network by network."""
    from torchvision import transforms

    networks = job.networks()
    for network in networks:
        replace_simam(network)
    to_input = transforms.Compose(
        [
            transforms.Resize((job.size, job.size)),
            transforms.ToTensor(),
            transforms.Normalize(_HALF, _HALF),
        ]
    )

    @torch.no_grad()
    def play() -> float:
        rows = []
        for path in job.photographs:
            image = to_input(Image.open(path).convert("RGB")).unsqueeze(0).to(job.device)
            answers = [network(image).softmax(dim=1)[0].tolist() for network in networks]
            rows.append((path.name, *voted(answers)))
        write_rows(rows)
        return 0.0

    return play


def replace_simam(network: nn.Module) -> None:
    """Put the printed form in the place of the program's."""
    for parent in list(network.modules()):
        for name, child in parent.named_children():
            if isinstance(child, SimAM):
                setattr(parent, name, PrintedSimAM(child.e_lambda))


def voted(answers: Sequence[Sequence[float]]) -> list[float]:
    """Add up the probabilities of each class, weighted."""
    weights = vote_weights(len(answers))
    by_class = zip(*answers, strict=True)
    return [sum(w * p for w, p in zip(weights, each, strict=True)) for each in by_class]


def vote_weights(count: int) -> tuple[float, ...]:
    """Return the article's weights for two networks, equal ones for more or fewer."""
    return (0.6, 0.4) if count == 2 else (1 / count,) * count


def write_rows(rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV that is thrown away."""
    with tempfile.TemporaryFile("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("filename", *_CLASSES))
        writer.writerows(rows)


# Other programs -----------------------------------------------------------------------------------


class Together(nn.Module):
    """Several networks in one, for those who run one at a time: their weighted vote."""

    def __init__(self, networks: Sequence[nn.Module]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)
        self.weights = vote_weights(len(networks))

    def forward(self, x: Tensor) -> Tensor:
        """Return probabilities (N, K)."""
        answers = [network(x).softmax(dim=1) for network in self.networks]
        return torch.stack([w * p for w, p in zip(self.weights, answers, strict=True)]).sum(dim=0)


def timm_loop(job: Job, *, is_one_pass: bool) -> Play:
    """Go the way of timm's inference.py, which its package does not hold.

    It runs one network, so two need two passes over the files; with `is_one_pass` both run in one.
    """
    from timm.data.dataset_factory import create_dataset
    from timm.data.loader import create_loader

    networks = job.networks()
    passes = [Together(networks)] if is_one_pass else [Together([one]) for one in networks]
    folder = str(job.photographs[0].parent)
    loader = create_loader(
        create_dataset("", root=folder),
        input_size=(3, job.size, job.size),
        batch_size=BATCH,
        num_workers=job.workers,
        device=torch.device(job.device),
        persistent_workers=False,
        mean=_HALF,
        std=_HALF,
        crop_mode="squash",
        crop_pct=1.0,
    )
    names = [Path(name).name for name in loader.dataset.filenames()]

    @torch.inference_mode()
    def play() -> float:
        for network in passes:
            answers = [network(batch).cpu().numpy() for batch, _ in loader]
            rows = np.concatenate(answers).tolist()
            write_rows((name, *row) for name, row in zip(names, rows, strict=True))
        return 0.0

    return play


def fastai_predictions(job: Job) -> Play:
    """Go the way of fastai's `get_preds`, both networks in one pass."""
    from fastai.learner import Learner
    from fastai.vision.all import ImageDataLoaders, Normalize, Resize, ResizeMethod

    paths = list(job.photographs)
    loaders = ImageDataLoaders.from_lists(
        paths[0].parent,
        paths,
        [_CLASSES[number % 2] for number in range(len(paths))],
        valid_pct=0.5,
        item_tfms=Resize(job.size, method=ResizeMethod.Squish),
        batch_tfms=Normalize.from_stats(_HALF, _HALF),
        bs=BATCH,
        num_workers=job.workers,
        device=torch.device(job.device),
    )
    learner = Learner(loaders, Together(job.networks()), loss_func=nn.NLLLoss())

    def play() -> float:
        with learner.no_bar(), learner.no_logging():
            answers, _ = learner.get_preds(dl=loaders.test_dl(paths, num_workers=job.workers))
        write_rows((p.name, *row) for p, row in zip(paths, answers.tolist(), strict=True))
        return 0.0

    return play


def ultralytics_predictions(job: Job) -> Play:
    """Go the way of Ultralytics' classification predictor, both networks in one pass."""
    from ultralytics.models.yolo.classify import ClassificationPredictor

    class Named(Together):
        """What Ultralytics asks of a network."""

        def __init__(self) -> None:
            super().__init__(job.networks())
            self.names = dict(enumerate(_CLASSES))
            self.stride = torch.tensor([32.0])

    network = Named()
    settings = {"imgsz": job.size, "batch": BATCH, "device": job.device, "verbose": False}
    predictor = ClassificationPredictor(overrides={**settings, "save": False, "mode": "predict"})
    predictor.setup_model(network, verbose=False)
    folder = job.photographs[0].parent

    def play() -> float:
        answers = predictor(source=folder, stream=True)
        write_rows((Path(answer.path).name, *answer.probs.data.tolist()) for answer in answers)
        return 0.0

    return play


def peers(job: Job) -> dict[str, Prepare]:
    """Return the other ways by name, as far as their programs are installed."""
    ways: dict[str, tuple[str, Callable[[Job], Play]]] = {
        "the article's script": ("torchvision", script),
        "timm's loop, a pass for each": ("timm", partial(timm_loop, is_one_pass=False)),
        "timm's loop, one pass": ("timm", partial(timm_loop, is_one_pass=True)),
        "fastai": ("fastai", fastai_predictions),
        "Ultralytics": ("ultralytics", ultralytics_predictions),
    }
    return {
        name: partial(way, job)
        for name, (package, way) in ways.items()
        if importlib.util.find_spec(package) is not None
    }

"""A network learns from others that have learnt before: knowledge distillation.

G. Hinton, O. Vinyals, J. Dean, Distilling the Knowledge in a Neural Network, 2015. Teacher and
student see the same altered and mixed photographs, without which it works far worse (L. Beyer et
al., Knowledge Distillation: A Good Teacher Is Patient and Consistent, CVPR 2022).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.nn import functional

from fundus_gui.core.cards import ModelCard, read_card
from fundus_gui.core.checkpoints import load_checkpoint
from fundus_gui.core.datasets import ImageHashes, LabelledImage
from fundus_gui.core.errors import CheckpointError, ConfigError
from fundus_gui.core.leaks import overlap
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.runs import TeacherLoaded, TrainConfig
from fundus_gui.core.runs.data import PERCEPTUAL, SHA256
from fundus_gui.core.training.optimisation import training_sizes


@dataclass(frozen=True, slots=True, eq=False)
class Teacher:
    """A network that answers and no longer learns.

    Attributes:
        network: in evaluation mode.
        card: of its weights.
        sha256: of its file.
        only_size: the one size that it takes; None if it takes all that the student grows through.
    """

    network: nn.Module
    card: ModelCard
    sha256: str
    only_size: int | None

    def record(self) -> TeacherLoaded:
        """Return what a run tells of it."""
        title = self.card.title or self.card.architecture
        return TeacherLoaded(title=title, licence=self.card.licence, sha256=self.sha256)


def teacher_files(config: TrainConfig) -> list[Path]:
    """Return the files that `config.teacher` names."""
    return [Path(name.strip()) for name in config.teacher.split(";") if name.strip()]


def absolute_teacher(config: TrainConfig) -> str:
    """Return `config.teacher` for every working directory."""
    return ";".join(str(path.absolute()) for path in teacher_files(config))


def check_teachers(config: TrainConfig) -> None:
    """Raise CheckpointError for what the teachers' cards alone give away."""
    for path in teacher_files(config):
        _check_contrast(path, read_card(path), config)


def load_teachers(config: TrainConfig, class_names: Sequence[str]) -> tuple[Teacher, ...]:
    """Load the networks that `config.teacher` names.

    Args:
        config: which files, and how the student will see the photographs.
        class_names: of the student, in the order of its outputs.

    Raises:
        CheckpointError: a file is unsafe or damaged, or its network knows other classes or sees
            photographs of another contrast.
    """
    return tuple(_load(path, config, tuple(class_names)) for path in teacher_files(config))


def _load(path: Path, config: TrainConfig, class_names: tuple[str, ...]) -> Teacher:
    checkpoint = load_checkpoint(path)
    card = checkpoint.card
    _check_contrast(path, card, config)
    if card.class_names != class_names:
        raise CheckpointError(
            path,
            f"a teacher must know the classes of the data in their order, {_listed(class_names)}; "
            f"it knows {_listed(card.class_names)}.",
        )
    is_flexible = _takes(checkpoint.model, training_sizes(config))
    only_size = None if is_flexible else card.preprocessing.size
    return Teacher(checkpoint.model, card, checkpoint.sha256, only_size)


def _check_contrast(path: Path, card: ModelCard, config: TrainConfig) -> None:
    if card.preprocessing.contrast != config.contrast:
        raise CheckpointError(
            path,
            "a teacher must see what the student sees, and it was trained with contrast="
            f"{card.preprocessing.contrast}. Choose the same, or another teacher.",
        )


def _listed(names: Sequence[str]) -> str:
    return f"({', '.join(names)})"


def _takes(network: nn.Module, sizes: Sequence[int]) -> bool:
    shapes = copy.deepcopy(network).to("meta")
    try:
        for size in sizes:
            shapes(torch.empty(1, 3, size, size, device="meta"))
    except (AssertionError, RuntimeError, ValueError):
        return False
    return True


def check_same_teachers(teachers: Sequence[Teacher], recorded: Sequence[TeacherLoaded]) -> None:
    """Raise ConfigError unless a resumed run has the teachers that it began with."""
    for teacher, before in zip(teachers, recorded, strict=True):
        if teacher.sha256 != before.sha256:
            raise ConfigError(
                f"The run cannot go on, since its teacher {before.title} is another file now. Put "
                "the old one back, or start a new training."
            )


def leak_sentences(teachers: Sequence[Teacher], images: Sequence[LabelledImage]) -> list[str]:
    """Say which teachers learnt from photographs that their student is to be judged by.

    Args:
        teachers: with cards that list their training images.
        images: of the validation part, as `split.csv` knows them by their hashes.
    """
    hashes = {
        image.path: ImageHashes(image.extra[SHA256], image.extra[PERCEPTUAL])
        for image in images
        if image.extra.get(SHA256)
    }
    found = [(teacher.record().title, overlap(teacher.card, hashes)) for teacher in teachers]
    return [
        f"Teacher and validation part overlap: {known.sentence(title)} They flatter its student, "
        "too. Train both with the same split."
        for title, known in found
        if known
    ]


class Distillation:
    """What the teachers answer, and how far the student is from it."""

    def __init__(
        self,
        teachers: Sequence[Teacher],
        config: TrainConfig,
        preprocessing: Preprocessing,
        fabric: Fabric,
    ) -> None:
        """Move the teachers to the device of `fabric`.

        Args:
            teachers: at least one.
            config: share and temperature.
            preprocessing: of the student.
            fabric: gives device and precision of their forward pass.
        """
        self._share = config.distillation
        self._temperature = config.distillation_temperature
        self._fabric = fabric
        self._teachers = teachers
        order = torch.channels_last if config.channels_last else torch.contiguous_format
        for teacher in teachers:
            teacher.network.to(fabric.device, memory_format=order)  # type: ignore[call-overload]
        self._translations = [
            _translation(preprocessing, teacher.card.preprocessing, fabric.device)
            for teacher in teachers
        ]

    @torch.no_grad()
    def answers(self, inputs: Tensor) -> Tensor:
        """Return the teachers' mean probabilities (N, K), float32, at the raised temperature.

        Args:
            inputs: (N, 3, S, S) as the student gets them.
        """
        rows = []
        for teacher, (scale, shift) in zip(self._teachers, self._translations, strict=True):
            own, size = inputs * scale + shift, teacher.only_size
            if size is not None and own.shape[-1] != size:
                own = functional.interpolate(own, (size, size), mode="bilinear", antialias=True)
            with self._fabric.autocast():
                logits = teacher.network(own)
            softened = logits.float() / (teacher.card.temperature * self._temperature)
            rows.append(softened.softmax(1))
        return torch.stack(rows).mean(0)

    def joined(self, loss: Tensor, logits: Tensor, answers: Tensor) -> Tensor:
        """Return (1 - share) · loss + share · T² · KL(teachers ‖ student).

        T² keeps the gradient's size whatever the temperature T.

        Args:
            loss: of the labels.
            logits: (N, K) of the student.
            answers: what `answers` returned.
        """
        log_q = (logits.float() / self._temperature).log_softmax(1)
        divergence = functional.kl_div(log_q, answers, reduction="batchmean")
        return (1 - self._share) * loss + self._share * self._temperature**2 * divergence


def _translation(
    student: Preprocessing, teacher: Preprocessing, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Return what takes inputs normalised for the student to the teacher's: a · x + b."""
    mean, std, own_mean, own_std = (
        torch.tensor(values, dtype=torch.float64).view(3, 1, 1)
        for values in (student.mean, student.std, teacher.mean, teacher.std)
    )
    scale, shift = std / own_std, (mean - own_mean) / own_std
    return scale.float().to(device), shift.float().to(device)

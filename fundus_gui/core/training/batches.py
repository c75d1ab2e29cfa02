"""What the network is fed: decoded once, drawn evenly if wanted, altered at random."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.utils.class_weight import compute_class_weight
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, WeightedRandomSampler
from torchvision.transforms import v2

from fundus_gui.core.datasets import LabelledImage
from fundus_gui.core.images import load_image
from fundus_gui.core.preprocessing import Preprocessing
from fundus_gui.core.training.config import TrainConfig


class PhotographDataset(Dataset[tuple[Tensor, int]]):
    """Photographs as the network sees them, (3, S, S) uint8; each is decoded only once."""

    def __init__(
        self,
        images: tuple[LabelledImage, ...],
        class_names: tuple[str, ...],
        preprocessing: Preprocessing,
        *,
        augment: v2.Transform | None = None,
    ) -> None:
        self.labels = [class_names.index(image.label) for image in images]
        self.class_count = len(class_names)
        self._images = images
        self._preprocessing = preprocessing
        self._augment = augment
        self._views: dict[int, Tensor] = {}

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        if index not in self._views:
            view = self._preprocessing.view(load_image(self._images[index].path))
            self._views[index] = torch.from_numpy(view.transpose(2, 0, 1).copy())
        view_tensor = self._views[index]
        if self._augment is not None:
            view_tensor = self._augment(view_tensor)
        return view_tensor, self.labels[index]

    def class_weights(self) -> Tensor:
        """Return (K,) weights inversely proportional to the class counts, 1 in the mean image."""
        classes = np.arange(self.class_count)
        weights = compute_class_weight("balanced", classes=classes, y=np.asarray(self.labels))
        return torch.tensor(weights, dtype=torch.float32)


def augmentation(strength: float) -> v2.Transform:
    """Return random mirroring, rotation, shift, scale, colour and erasing for uint8 images.

    Args:
        strength: 0 mirrors only; 1 is the strongest.
    """
    steps: list[v2.Transform] = [v2.RandomHorizontalFlip(), v2.RandomVerticalFlip()]
    if strength > 0:
        colour = 0.4 * strength
        steps += [
            v2.RandomAffine(
                degrees=60 * strength,
                translate=(0.1 * strength, 0.1 * strength),
                scale=(1 - 0.3 * strength, 1 + 0.3 * strength),
                interpolation=v2.InterpolationMode.BILINEAR,
            ),
            v2.ColorJitter(colour, colour, colour, 0.04 * strength),
            v2.RandomErasing(p=0.5 * strength, scale=(0.02, 0.15)),
        ]
    return v2.Compose(steps)


def training_batches(
    dataset: PhotographDataset, config: TrainConfig, epoch: int
) -> DataLoader[tuple[Tensor, int]]:
    """Return the shuffled, or with `balance = "sampling"` evenly drawn, batches of an epoch."""
    generator = torch.Generator().manual_seed(config.seed * 100_003 + epoch)
    sampler = None
    if config.balance == "sampling":
        weights = dataset.class_weights()[dataset.labels].tolist()
        sampler = WeightedRandomSampler(weights, len(dataset), generator=generator)
    return DataLoader(
        dataset,
        config.batch_size,
        shuffle=sampler is None,
        sampler=sampler,
        drop_last=len(dataset) >= config.batch_size,  # a last batch of one breaks batch norm
        generator=generator,
    )


def normalise(views: Tensor, preprocessing: Preprocessing) -> Tensor:
    """Do to (N, 3, S, S) uint8 what `Preprocessing.normalise` does to one view."""
    mean = torch.tensor(preprocessing.mean, device=views.device).view(3, 1, 1)
    std = torch.tensor(preprocessing.std, device=views.device).view(3, 1, 1)
    normal = (views.float() / 255 - mean) / std
    return normal.contiguous(memory_format=torch.channels_last)

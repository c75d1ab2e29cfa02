"""Random changes of photographs and batches: as strong as asked, and repeatable."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torchvision.transforms import v2

from fundus_gui.core.runs import TrainConfig
from fundus_gui.core.training.augmentation import augmentation, mixing

NOTHING: dict[str, Any] = {"flips": "none", "rotation": 0.0, "zoom": 0.0, "colour": 0.0}
NOTHING |= {"policy": "none", "erasing": 0.0}


@pytest.fixture
def view() -> Tensor:
    """Return an uneven picture."""
    return torch.randint(0, 256, (3, 32, 32), generator=torch.Generator().manual_seed(1)).byte()


def drawn(view: Tensor, count: int = 40, strength: float = 1.0, **settings: Any) -> list[Tensor]:
    """Return a picture altered in `count` ways by the named changes alone."""
    augment = augmentation(TrainConfig(**{**NOTHING, **settings}), strength)
    torch.manual_seed(0)
    return [augment(view) for _ in range(count)]


def test_nothing_asked_for_changes_nothing(view: Tensor) -> None:
    assert all(torch.equal(other, view) for other in drawn(view))


@pytest.mark.parametrize(
    ("flips", "axes"),
    [("horizontal", [[], [2]]), ("both", [[], [1], [2], [1, 2]])],
)
def test_flips_mirror_and_do_no_more(flips: str, axes: list[list[int]], view: Tensor) -> None:
    mirrored = [view.flip(some) for some in axes]
    found = {
        next(number for number, other in enumerate(mirrored) if torch.equal(other, one))
        for one in drawn(view, flips=flips)
    }
    assert found == set(range(len(axes)))


@pytest.mark.parametrize(
    "settings",
    [
        {"rotation": 30.0},
        {"zoom": 0.2},
        {"colour": 0.3},
        {"policy": "randaugment"},
        {"policy": "trivialaugment"},
        {"erasing": 0.5},
    ],
)
def test_each_change_is_random_and_keeps_the_form(settings: dict[str, Any], view: Tensor) -> None:
    kept = view.clone()
    altered = drawn(view, **settings)
    assert not all(torch.equal(one, altered[0]) for one in altered)
    assert {(one.shape, one.dtype) for one in altered} == {((3, 32, 32), torch.uint8)}
    assert torch.equal(view, kept)
    assert all(map(torch.equal, altered, drawn(view, **settings)))


@pytest.mark.parametrize("name", ["rotation", "zoom", "colour"])
def test_strength_scales_rotation_zoom_and_colour(name: str, view: Tensor) -> None:
    def distance(strength: float) -> float:
        pictures = drawn(view, strength=strength, **{name: 0.5})
        return sum(float((one.float() - view.float()).abs().mean()) for one in pictures)

    assert distance(0.0) == 0 < distance(0.3) < distance(1.0)


@pytest.mark.parametrize(
    ("most", "strength", "magnitude"),
    [(15, 0.0, 5), (15, 1 / 3, 8), (15, 2 / 3, 12), (15, 1.0, 15), (3, 0.0, 3), (3, 1.0, 3)],
)
def test_randaugment_grows_from_magnitude_five(most: int, strength: float, magnitude: int) -> None:
    config = TrainConfig(policy="randaugment", policy_magnitude=most)
    steps = augmentation(config, strength).transforms  # type: ignore[attr-defined]
    (policy,) = (step for step in steps if isinstance(step, v2.RandAugment))
    assert policy.magnitude == magnitude


# Batches ------------------------------------------------------------------------------------------


@pytest.fixture
def batch() -> tuple[Tensor, Tensor]:
    """Return four even pictures of four classes, each with its class as its colour."""
    labels = torch.arange(4)
    return labels.float().view(4, 1, 1, 1).expand(4, 3, 16, 16).clone(), labels


@pytest.mark.parametrize("settings", [{}, {"mixup": 1.0, "mix_probability": 0.0}])
def test_nothing_is_mixed_unless_asked_for(settings: dict[str, Any]) -> None:
    assert mixing(TrainConfig(**settings), 4) is None


def test_nothing_is_mixed_at_no_strength() -> None:
    assert mixing(TrainConfig(mixup=1.0, cutmix=1.0), 4, strength=0.0) is None


@pytest.mark.parametrize("settings", [{"mixup": 1.0}, {"cutmix": 1.0}])
def test_labels_are_mixed_as_the_pixels_are(
    settings: dict[str, Any], batch: tuple[Tensor, Tensor]
) -> None:
    inputs, labels = batch
    mix = mixing(TrainConfig(**settings), 4)
    assert mix is not None
    torch.manual_seed(0)
    for _ in range(20):
        mixed, shares = mix(inputs, labels)
        torch.testing.assert_close(shares.sum(1), torch.ones(4))
        # The colour is the class, so the mean colour must be the mean class.
        torch.testing.assert_close(mixed.mean((1, 2, 3)), shares @ torch.arange(4.0))
    assert torch.equal(inputs, batch[0])


def kinds(batch: tuple[Tensor, Tensor], **settings: Any) -> set[str]:
    """Return what is done to a batch in 60 draws."""
    mix = mixing(TrainConfig(**settings), 4)
    assert mix is not None
    torch.manual_seed(0)
    found = set()
    for _ in range(60):
        mixed, labels = mix(*batch)
        is_even = bool((mixed == mixed[..., :1, :1]).all())
        found.add("plain" if labels.ndim == 1 else "mixup" if is_even else "cutmix")
    return found


def test_switch_and_probability_choose_between_the_kinds(batch: tuple[Tensor, Tensor]) -> None:
    both = {"mixup": 1.0, "cutmix": 1.0}
    assert kinds(batch, **both, mix_probability=0.5) == {"plain", "mixup", "cutmix"}
    assert kinds(batch, **both, mix_switch=0.0) == {"mixup"}
    assert kinds(batch, **both, mix_switch=1.0, mix_probability=0.5) >= {"plain", "cutmix"}
    assert "mixup" not in kinds(batch, **both, mix_switch=1.0, mix_probability=0.5)
    assert kinds(batch, mixup=0.4) == {"mixup"}


def test_an_odd_batch_can_be_mixed(batch: tuple[Tensor, Tensor]) -> None:
    mix = mixing(TrainConfig(mixup=0.2, cutmix=1.0), 4)
    assert mix is not None
    mixed, shares = mix(batch[0][:3], batch[1][:3])
    assert mixed.shape == (3, 3, 16, 16)
    assert shares.shape == (3, 4)

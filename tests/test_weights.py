"""What lies in `weights/` keeps its promises; each is passed over where no weights lie there."""

from __future__ import annotations

import pytest

from fundus_gui.core.catalogue import InstalledModel, read_catalogue
from fundus_gui.core.datasets import read_dataset
from fundus_gui.core.ensemble import load_ensemble
from fundus_gui.core.inference import predict_images
from fundus_gui.core.paths import samples_dir, weights_dir
from fundus_gui.core.results import Prediction
from fundus_gui.core.selfcheck import check_golden

SHIPPED = read_catalogue([weights_dir()])
every_model = pytest.mark.parametrize("model", SHIPPED.models.values(), ids=SHIPPED.models)


def test_the_weights_are_small_enough_to_be_shipped() -> None:
    sizes = [model.path.stat().st_size for model in SHIPPED.models.values()]
    assert max(sizes, default=0) < 90e6
    assert sum(sizes) < 160e6


@every_model
def test_a_model_reproduces_its_golden_image(model: InstalledModel) -> None:
    check = check_golden(model.name, SHIPPED, device="cpu")
    assert check.problem == ""
    assert check.difference is not None


@every_model
def test_a_card_states_its_licence_and_figures_clearly_better_than_chance(
    model: InstalledModel,
) -> None:
    assert model.card.licence
    assert model.card.notes
    assert model.card.metrics["validation"]["balanced_accuracy"] > 0.4


@pytest.mark.slow
@pytest.mark.skipif("default" not in SHIPPED.ensembles, reason="no default ensemble lies there")
def test_the_default_ensemble_calls_every_synthetic_sample_what_it_shows() -> None:
    samples = read_dataset(samples_dir()).images
    ensemble = load_ensemble(SHIPPED.ensemble("default"), SHIPPED, device="cpu")
    found = predict_images(ensemble, [image.path for image in samples])
    called = [result.label for result in found if isinstance(result, Prediction)]
    assert called == [image.label for image in samples]

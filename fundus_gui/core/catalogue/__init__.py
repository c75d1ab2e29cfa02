"""Which weights and ensembles are installed; reads cards and `ensembles.toml`, not tensors."""

from fundus_gui.core.catalogue.ensembles_file import ENSEMBLES_FILE, write_ensemble
from fundus_gui.core.catalogue.installed import (
    Catalogue,
    InstalledModel,
    check_same_classes,
    read_catalogue,
    weights_dirs,
)
from fundus_gui.core.catalogue.spec import EnsembleSpec
from fundus_gui.core.decision import ConformalScore, PredictionSets, Referral

__all__ = [
    "ENSEMBLES_FILE",
    "Catalogue",
    "ConformalScore",
    "EnsembleSpec",
    "InstalledModel",
    "PredictionSets",
    "Referral",
    "check_same_classes",
    "read_catalogue",
    "weights_dirs",
    "write_ensemble",
]

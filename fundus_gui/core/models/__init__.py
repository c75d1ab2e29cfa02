"""The networks: a name becomes a network in one look-up.

Importing this package registers every architecture; a new one is a function decorated with
`register_model` in a file that is imported here.
"""

from fundus_gui.core.models import densenet, efficientnet_v2, rdnet, tiny, vision_transformer
from fundus_gui.core.models.architecture import Architecture, InputFacts
from fundus_gui.core.models.inspection import count_macs, count_parameters, find_classifier
from fundus_gui.core.models.registry import (
    create_model,
    find_architecture,
    list_models,
    register_model,
)

__all__ = [
    "Architecture",
    "InputFacts",
    "count_macs",
    "count_parameters",
    "create_model",
    "densenet",
    "efficientnet_v2",
    "find_architecture",
    "find_classifier",
    "list_models",
    "rdnet",
    "register_model",
    "tiny",
    "vision_transformer",
]

"""The networks: a name becomes a network in one look-up.

Importing this package registers every architecture; a new one is a function decorated with
`register_model` in a file that is imported here.
"""

from fundus_gui.core.models import efficientnet_v2, tiny, vision_transformer
from fundus_gui.core.models.registry import create_model, list_models, register_model

__all__ = [
    "create_model",
    "efficientnet_v2",
    "list_models",
    "register_model",
    "tiny",
    "vision_transformer",
]

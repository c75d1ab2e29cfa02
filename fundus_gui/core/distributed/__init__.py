"""Classifies on many machines: the same engine inside Ray Data, cut into parts that can be resumed.

A listing is cut into parts of some hundred photographs. Each part becomes one Parquet file, made
by whichever worker is free and written whole by the process that was started; a manifest beside
them says which parts there are. So whatever dies, a part is there once or not at all.
"""

from fundus_gui.core.distributed.cluster import Workers
from fundus_gui.core.distributed.continuing import Changes
from fundus_gui.core.distributed.engine import (
    ClusterSettings,
    PartDone,
    WorkersReady,
    classify_in_parts,
)
from fundus_gui.core.distributed.listing import Listing, list_photographs
from fundus_gui.core.distributed.manifest import MANIFEST, Manifest, PartRecord
from fundus_gui.core.distributed.places import Folder, without_keys
from fundus_gui.core.distributed.verifying import check_parts, photographs_of

__all__ = [
    "MANIFEST",
    "Changes",
    "ClusterSettings",
    "Folder",
    "Listing",
    "Manifest",
    "PartDone",
    "PartRecord",
    "Workers",
    "WorkersReady",
    "check_parts",
    "classify_in_parts",
    "list_photographs",
    "photographs_of",
    "without_keys",
]

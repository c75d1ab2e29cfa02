"""Labelled photographs: read, told apart by patient, compared, split and measured; torch-free."""

from fundus_gui.core.datasets.duplicates import (
    NEAR_BITS,
    Duplicates,
    find_duplicates,
    join_duplicates,
    join_patients,
)
from fundus_gui.core.datasets.hashes import ImageHashes, hash_images, perceptual_hash
from fundus_gui.core.datasets.labelled import Dataset, LabelledImage, Part
from fundus_gui.core.datasets.manifest import MANIFEST, read_split, split_table
from fundus_gui.core.datasets.patients import find_patient_pattern, with_patients
from fundus_gui.core.datasets.reading import read_dataset
from fundus_gui.core.datasets.splitting import check_parts, split_dataset
from fundus_gui.core.datasets.statistics import measure_statistics

__all__ = [
    "MANIFEST",
    "NEAR_BITS",
    "Dataset",
    "Duplicates",
    "ImageHashes",
    "LabelledImage",
    "Part",
    "check_parts",
    "find_duplicates",
    "find_patient_pattern",
    "hash_images",
    "join_duplicates",
    "join_patients",
    "measure_statistics",
    "perceptual_hash",
    "read_dataset",
    "read_split",
    "split_dataset",
    "split_table",
    "with_patients",
]

"""Evaluations of labelled photographs, from the files to the folder that keeps them; torch-free."""

from fundus_gui.core.assessments.records import (
    Assessment,
    Classify,
    ClassifyRecord,
    DataPart,
    JudgedPart,
)

__all__ = ["Assessment", "Classify", "ClassifyRecord", "DataPart", "JudgedPart"]

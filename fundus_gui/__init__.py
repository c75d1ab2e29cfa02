"""Classify colour fundus photographs with an ensemble whose vote can be taken apart."""

__version__ = "0.1.0"

RESEARCH_USE_ONLY = "Research use only. Not a medical device; not for diagnosis or treatment."

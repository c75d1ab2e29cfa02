"""Fitting the vote: every published way to weigh the members, and what each is worth; torch-free.

Comparing the methods is in `fusion.comparison`, which needs more time to import.
"""

from fundus_gui.core.fusion.closed_form import PAPER_WEIGHTS
from fundus_gui.core.fusion.fitting import ADAPTIVE, FIT_METHODS, fit_vote_weights
from fundus_gui.core.fusion.scores import LOSSES, SCORE_NAMES, Score, score_votes
from fundus_gui.core.fusion.vote_fit import FitOptions, VoteFit

__all__ = [
    "ADAPTIVE",
    "FIT_METHODS",
    "LOSSES",
    "PAPER_WEIGHTS",
    "SCORE_NAMES",
    "FitOptions",
    "Score",
    "VoteFit",
    "fit_vote_weights",
    "score_votes",
]

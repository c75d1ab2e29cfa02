"""Training runs as records, settings and folders; free of torch, so that a window can read them."""

from fundus_gui.core.runs.command import resume_arguments, train_arguments
from fundus_gui.core.runs.config import TrainConfig, train_settings
from fundus_gui.core.runs.events import (
    EpochReport,
    Event,
    Notice,
    Preparing,
    RunContinued,
    RunEnded,
    RunPaused,
    RunStarted,
    StepReport,
    TeacherLoaded,
    WeightsLoaded,
    event_from_json,
    event_to_json,
    terms,
)
from fundus_gui.core.runs.folder import Request, RunFolder
from fundus_gui.core.runs.library import add_to_library
from fundus_gui.core.runs.presets import PRESETS, Preset, find_preset
from fundus_gui.core.runs.reading import Run, find_runs, follow_run, read_events, read_run
from fundus_gui.core.runs.settings import Setting, read_settings

__all__ = [
    "PRESETS",
    "EpochReport",
    "Event",
    "Notice",
    "Preparing",
    "Preset",
    "Request",
    "Run",
    "RunContinued",
    "RunEnded",
    "RunFolder",
    "RunPaused",
    "RunStarted",
    "Setting",
    "StepReport",
    "TeacherLoaded",
    "TrainConfig",
    "WeightsLoaded",
    "add_to_library",
    "event_from_json",
    "event_to_json",
    "find_preset",
    "find_runs",
    "follow_run",
    "read_events",
    "read_run",
    "read_settings",
    "resume_arguments",
    "terms",
    "train_arguments",
    "train_settings",
]

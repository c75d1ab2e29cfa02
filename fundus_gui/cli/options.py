"""What can be set on the command line, said for a researcher who reads `--help`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, Option

from fundus_gui.core.runs import PRESETS

Photographs = Annotated[
    list[Path], Argument(metavar="PATH", help="Photographs and folders of them.")
]
EnsembleName = Annotated[
    str | None,
    Option(
        metavar="NAME",
        help="Installed ensemble that votes; 'fundus-gui models' lists them.  [default: the first]",
    ),
]
ModelNames = Annotated[
    list[str] | None,
    Option(
        metavar="NAME",
        help="Installed model to use instead of an ensemble. Repeat the option to let several "
        "vote.",
    ),
]
VoteWeights = Annotated[
    str | None,
    Option(
        metavar="W,W,...",
        help="Vote weights in the order of the models, in any scale, e.g. 0.6,0.4.  "
        "[default: the ensemble's own; equal for models]",
    ),
]
Device = Annotated[
    str,
    Option(
        metavar="DEVICE",
        help="What computes: auto (a GPU if there is one), cpu, cuda, cuda:1 or mps.",
    ),
]
ClassifyBatchSize = Annotated[
    int, Option(metavar="N", min=1, help="Photographs per pass; halved when memory runs out.")
]
Workers = Annotated[
    int | None,
    Option(
        metavar="N",
        min=1,
        help="Threads that read files.  [default: one per processor, at most 8]",
    ),
]
ResultsFile = Annotated[
    Path | None,
    Option(
        metavar="FILE",
        help="Write all results to this new .csv or .parquet file, and how they were made to a "
        ".json beside it.",
    ),
]
Recursive = Annotated[bool, Option(help="Look into subfolders too.")]

TrainingOut = Annotated[
    Path | None,
    Option(
        metavar="RUN",
        help="New folder of the run: weights, split, figures, report. A preset without --model "
        "makes one in it for each of its networks.",
    ),
]
PresetName = Annotated[
    str | None,
    Option(metavar="NAME", help=f"Recipe to begin with: {', '.join(p.name for p in PRESETS)}."),
]
SettingsFile = Annotated[
    Path | None,
    Option(
        metavar="FILE",
        help="Settings in TOML, such as the config.toml of a run; they override the preset, and "
        "options override both.",
    ),
]
ResumedRun = Annotated[
    Path | None,
    Option(metavar="RUN", help="Go on with a run that was stopped, killed or failed."),
]
EventStream = Annotated[
    Literal["-"] | None,
    Option(
        metavar="-",
        help="Print nothing but what happens, one JSON object a line, for a program to read.",
    ),
]
MeasureStatistics = Annotated[
    bool,
    Option(
        "--measure-statistics",
        help="Print mean and standard deviation of the colours over the training photographs, "
        "and train nothing.",
    ),
]
FindLearningRate = Annotated[
    bool,
    Option(
        "--find-learning-rate",
        help="Try rising learning rates, print the losses and a suggestion, and train no further. "
        "--out FILE.png or .svg draws the curve.",
    ),
]
AddedRun = Annotated[Path, Argument(metavar="RUN", help="Folder of a training run.")]
AddedName = Annotated[
    str | None,
    Option("--name", metavar="NAME", help="Name of the model.  [default: the folder's]"),
]

SamplesFolder = Annotated[Path, Argument(metavar="DIR", help="Folder to write into.")]
PerClass = Annotated[int, Option(metavar="N", min=1, help="Photographs of each class.")]
SampleSize = Annotated[int, Option(metavar="PX", help="Height of the photographs, 512 to 3000.")]
ClassFolders = Annotated[
    bool, Option("--class-folders", help="Put each class into a folder of its own.")
]
SampleSeed = Annotated[int, Option(metavar="N", help="The same number draws the same photographs.")]

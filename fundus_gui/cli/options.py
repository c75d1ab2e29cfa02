"""What can be set on the command line, said for a researcher who reads `--help`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

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

DataFolder = Annotated[
    Path,
    Option(
        metavar="DIR",
        help="Photographs in one folder per class, or with a labels.csv (filename, label; if "
        "known also patient_id and split).",
    ),
]
Architecture = Annotated[
    str, Option(metavar="NAME", help="Architecture, e.g. efficientnet_v2_s_simam or vit_ti_16.")
]
ArchitectureArguments = Annotated[
    list[str] | None,
    Option(
        metavar="NAME=VALUE",
        help="Setting of the architecture, e.g. drop_path_rate=0.1. May be repeated.",
    ),
]
RunFolder = Annotated[
    Path, Option(metavar="DIR", help="New folder for the weights, the split and a summary.")
]
InputSize = Annotated[
    int, Option(metavar="PX", help="Height and width of the photographs as the network sees them.")
]
InitialSize = Annotated[
    int | None,
    Option(metavar="PX", help="Begin with smaller photographs that grow to the input size."),
]
Epochs = Annotated[int, Option(metavar="N", help="Passes over the training photographs.")]
MaxMinutes = Annotated[float, Option(metavar="MINUTES", help="End after this time at the latest.")]
TrainBatchSize = Annotated[int, Option(metavar="N", help="Photographs per update.")]
LearningRate = Annotated[
    float, Option(metavar="RATE", help="Highest learning rate of the schedule.")
]
Balance = Annotated[
    str,
    Option(
        metavar="HOW",
        help="What is done for rare classes: loss (they weigh more), sampling (they are drawn "
        "more often) or none.",
    ),
]
Augmentation = Annotated[
    float,
    Option(
        metavar="STRENGTH",
        help="Random changes of the training photographs: 0 (mirroring only) to 1 (strong).",
    ),
]
Precision = Annotated[str, Option(metavar="KIND", help="fp32, or bf16 (faster where supported).")]
TrainSeed = Annotated[
    int, Option(metavar="N", help="Start of all random numbers; the same gives the same.")
]

SamplesFolder = Annotated[Path, Argument(metavar="DIR", help="Folder to write into.")]
PerClass = Annotated[int, Option(metavar="N", min=1, help="Photographs of each class.")]
SampleSize = Annotated[int, Option(metavar="PX", help="Height of the photographs, 512 to 3000.")]
ClassFolders = Annotated[
    bool, Option("--class-folders", help="Put each class into a folder of its own.")
]
SampleSeed = Annotated[int, Option(metavar="N", help="The same number draws the same photographs.")]

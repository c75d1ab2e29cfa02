"""What can be set on the command line, said for a researcher who reads `--help`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, Option

from fundus_gui.core import results
from fundus_gui.core.runs import PRESETS

Photographs = Annotated[
    list[Path], Argument(metavar="PATH", help="Photographs and folders of them.")
]
Sources = Annotated[
    list[str] | None,
    Argument(
        metavar="PATH",
        help="Photographs and folders of them; with --engine ray also URLs, and .txt or .csv "
        "lists with a path or URL on each line.  [default: those of the table that is continued]",
        show_default=False,
    ),
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
Precision = Annotated[
    results.Precision,
    Option(
        help="exact computes in float32; fast in bfloat16 or float16 where the device gains speed "
        "by that, which moves probabilities by up to a few hundredths."
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
ClassifyWorkers = Annotated[
    int | None,
    Option(
        "--workers",
        metavar="N",
        min=1,
        help="Threads that read files; with --engine ray, cores of each worker.  [default: one "
        "per processor, at most 8; with Ray at most 4]",
    ),
]
ResultsPlace = Annotated[
    str | None,
    Option(
        metavar="FILE",
        help="Write all results to this new .csv or .parquet file, and how they were made to a "
        ".json beside it. With --engine ray, the folder (or URL) that gets a Parquet file for each "
        "part; the same command again finishes what is missing there.",
    ),
]
ClassifyPrecision = Annotated[
    results.Precision | None,
    Option(
        "--precision",
        help="exact computes in float32; fast in bfloat16 or float16 where the device gains speed "
        "by that, which moves probabilities by up to a few hundredths.  [default: exact]",
    ),
]
ResumedTable = Annotated[
    str | None,
    Option(
        "--resume",
        metavar="FILE",
        help="Go on with this .csv of a run that was stopped or killed: rows of unchanged files "
        "stay, all other files are classified. Where it does not exist, it is begun.",
    ),
]
ClassifyRecursive = Annotated[
    bool | None,
    Option("--recursive/--no-recursive", help="Look into subfolders too.  [default: recursive]"),
]
PathNaming = Literal["relative", "hashed"]
PathNames = Annotated[
    PathNaming | None,
    Option(
        "--paths",
        help="How the results name photographs: relative, by their path below the opened folder; "
        "hashed, by pseudonyms that only the key in your own data folder can tell.  "
        "[default: relative]",
    ),
]
Engine = Annotated[
    Literal["local", "ray"],
    Option(
        help="local is this program alone; ray spreads the work over the machines of a Ray cluster."
    ),
]
ClusterAddress = Annotated[
    str | None,
    Option(
        metavar="ADDRESS",
        help="Ray cluster to use: auto for the one that this machine belongs to, or HOST:PORT.  "
        "[default: all cores and GPUs of this machine]",
    ),
]
PartSize = Annotated[
    int,
    Option(metavar="N", min=1, help="Photographs in each Parquet file that --engine ray writes."),
]
VerifiedTable = Annotated[
    str,
    Argument(
        metavar="TABLE",
        help="The .csv or .parquet of a run, its .json beside it; or the folder (or URL) of the "
        "parts that --engine ray wrote.",
    ),
]
VerifiedPhotographs = Annotated[
    list[str] | None,
    Argument(
        metavar="PATH",
        help="Where its photographs are now.  [default: where the record says]",
        show_default=False,
    ),
]
VerifiedRows = Annotated[
    int, Option("--sample", metavar="N", min=1, help="How many rows to compute again.")
]
VerifySeed = Annotated[
    int | None,
    Option("--seed", metavar="S", help="Draws the same rows again.  [default: others each time]"),
]
Recompute = Annotated[
    bool, Option("--recompute/--no-recompute", help="Compute a sample of the rows again.")
]

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

LabelledData = Annotated[
    Path,
    Option(
        "--data",
        metavar="DIR",
        help="Labelled photographs: class folders, or labels.csv with the photographs beside it.",
    ),
]
JudgedPart = Annotated[
    Literal["test", "val", "train", "all"] | None,
    Option("--part", help="Part to measure on.  [default: test where there is one, else all]"),
]
SplitFile = Annotated[
    Path | None,
    Option(
        "--split",
        metavar="FILE",
        help="The split.csv of a training run, which says what part each photograph was in.",
    ),
]
TuneOn = Annotated[
    Literal["val", "train", "test"] | None,
    Option(
        help="Other part of the same data to fit temperature, prediction sets and thresholds on.  "
        "[default: nothing is fitted]"
    ),
]
TuningData = Annotated[
    Path | None,
    Option(metavar="DIR", help="Other labelled photographs to fit these on, instead of --tune-on."),
]
TuningPart = Annotated[
    Literal["val", "train", "test", "all"] | None,
    Option(help="Part of --tuning-data.  [default: all]"),
]
TuningSplit = Annotated[
    Path | None, Option(metavar="FILE", help="The split.csv of a run, for --tuning-data.")
]
EvaluationPathNames = Annotated[
    PathNaming,
    Option("--paths", help="Name photographs and patients as 'classify --paths' names files."),
]
EvaluationOut = Annotated[
    Path | None,
    Option(
        "--out",
        metavar="DIR",
        help="New folder of tables and predictions.  [default: one that the window lists]",
    ),
]
NearDuplicates = Annotated[
    bool,
    Option(
        help="Look for photographs that look like one that a model was trained on, not only for "
        "equal files."
    ),
]
ClassOrder = Annotated[
    str | None,
    Option(
        metavar="A,B,...",
        help="All classes from the least to the most severe, for the quadratic-weighted kappa.",
    ),
]
Coverage = Annotated[
    float, Option(metavar="X", help="Share of photographs whose prediction set holds their class.")
]
Specificity = Annotated[
    float,
    Option(
        metavar="X",
        help="Specificity that the threshold of each class keeps where it is fitted.",
    ),
]
ReferralError = Annotated[
    float | None,
    Option(
        metavar="X",
        help="Refer as many photographs as it takes to err on this share of the others.  "
        "[default: 0.05]",
    ),
]
ReferralRate = Annotated[
    float | None, Option(metavar="X", help="Refer this share of the photographs instead.")
]
Replicates = Annotated[
    int, Option(metavar="N", min=2, help="Drawings of the bootstrap behind each interval.")
]
IntervalKind = Annotated[
    Literal["percentile", "bca"],
    Option(help="How the bootstrap's 95 % intervals are found."),
]

ListedModels = Annotated[
    str | None,
    Option(metavar="A,B,...", help="Installed models that vote together. Or repeat --model."),
]
VotingModels = Annotated[
    list[str] | None,
    Option(metavar="NAME", help="One of the models that vote. May be repeated."),
]
FittingPart = Annotated[
    Literal["val", "train", "test", "all"],
    Option("--part", help="Part to fit on; no model may have been trained on it."),
]
FitMethod = Annotated[
    str | None,
    Option(
        metavar="NAME",
        help="How the weights are found: adaptive (inverse variance), fixed, equal, grid, "
        "min_variance_cov, accuracy, log_odds, entropy, simplex_nll or caruana.  "
        "[default: adaptive]",
    ),
]
FitScore = Annotated[
    Literal["balanced_accuracy", "accuracy", "macro_auc", "log_loss", "brier"],
    Option(help="What the methods are judged by, and what grid and caruana choose by."),
]
FixedWeights = Annotated[
    str | None,
    Option(metavar="W,W,...", help="Weights of the method fixed, in the order of the models."),
]
NewName = Annotated[
    str | None,
    Option(metavar="NAME", help="Name of the new ensemble.  [default: the models and the method]"),
]
NewTitle = Annotated[str, Option(metavar="TEXT", help="Its title, for people.")]
EnsemblesFolder = Annotated[
    Path | None,
    Option(
        "--out",
        metavar="DIR",
        help="Folder whose ensembles.toml gets it.  [default: that of your own weights]",
    ),
]
PlotFile = Annotated[
    Path | None,
    Option(
        metavar="FILE",
        help="Draw the score against the weights of 2 or 3 models into this new .png, .svg or "
        ".pdf file.",
    ),
]
AllowOverlap = Annotated[
    bool,
    Option(
        "--allow-overlap",
        help="Go on although a model was trained on some of the photographs; the result says so.",
    ),
]
AllowTest = Annotated[
    bool, Option("--allow-test", help="Fit on the test part, which spoils it for measuring.")
]
OverwriteEnsemble = Annotated[
    bool, Option("--overwrite", help="Replace an ensemble that has the name already.")
]
CalibratedModel = Annotated[
    str | None, Option("--model", metavar="NAME", help="Installed model to calibrate.")
]
CalibratedEnsemble = Annotated[
    str | None, Option("--ensemble", metavar="NAME", help="Installed ensemble to calibrate.")
]
CalibratedName = Annotated[
    str | None,
    Option(
        "--name",
        metavar="NAME",
        help="Name of the calibrated copy; what came with the program is never changed itself.  "
        "[default: your own model or ensemble is changed in place]",
    ),
]

SamplesFolder = Annotated[Path, Argument(metavar="DIR", help="Folder to write into.")]
PerClass = Annotated[int, Option(metavar="N", min=1, help="Photographs of each class.")]
SampleSize = Annotated[int, Option(metavar="PX", help="Height of the photographs, 512 to 3000.")]
ClassFolders = Annotated[
    bool, Option("--class-folders", help="Put each class into a folder of its own.")
]
SampleSeed = Annotated[int, Option(metavar="N", help="The same number draws the same photographs.")]

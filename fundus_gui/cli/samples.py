"""`fundus-gui samples`: draw synthetic photographs to try the program with."""

from __future__ import annotations

from fundus_gui.cli import options
from fundus_gui.cli.console import out
from fundus_gui.core.one_or_many import one_or_many


def samples(
    folder: options.SamplesFolder,
    per_class: options.PerClass = 1,
    size: options.SampleSize = 1024,
    class_folders: options.ClassFolders = False,
    seed: options.SampleSeed = 0,
) -> None:
    """Draw synthetic photographs to try the program with.

    They show no patient. A labels.csv beside them names their classes.
    """
    from fundus_gui.core.synthetic import write_samples

    written = write_samples(
        folder, per_class=per_class, size=size, class_folders=class_folders, seed=seed
    )
    count = sum(1 for _ in written)
    what = one_or_many(count, "synthetic photograph")
    out.print(f"{count} {what} and labels.csv are in {folder}.", soft_wrap=True)

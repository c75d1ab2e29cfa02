"""Make the program that runs without Python: a folder, and an archive of it to download.

python3 build_scripts/build.py                    for processors, on any system
python3 build_scripts/build.py --flavour cuda     for NVIDIA's GPUs; 4 times as large
python3 build_scripts/build.py --test             builds, then uses the archive as a person would
python3 build_scripts/build.py --test --no-build  tests what was built last

Takes some minutes and 4 GB below build/; the results lie in dist/. On Linux without CUDA, pip must
know where the wheels of torch for processors are (PIP_INDEX_URL or PIP_FIND_LINKS).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bundling import inspection, licences, linkage, packing
from bundling.findings import Finding, markdown
from bundling.identity import CONSOLE, Identity, read_identity
from bundling.smoke import SAMPLES, check_console, make_workplace, source_command
from bundling.smoke_window import check_window
from bundling.toolchain import BuildError, Flavour, Toolchain
from dev import missing_needs, say

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "build_scripts"
BUILD, DIST = ROOT / "build", ROOT / "dist"


class Build:
    """One flavour of the bundle on this system."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.identity: Identity = read_identity(ROOT)
        self.flavour: Flavour = options.flavour
        self.place = BUILD / options.flavour
        self.made = self.place / "made"
        self.log = self.place / "pyinstaller.log"
        self.tools = Toolchain(ROOT, options.flavour)
        say("build: the environment, with everything that goes into the bundle")
        self.tools.make()
        self.placeholders = not self.tools.torchvision_fits()
        name = packing.bundle_name(self.identity, options.flavour, placeholders=self.placeholders)
        self.folder = DIST / name
        if self.placeholders:
            say(
                "build: torchvision's library does not fit this torch. The bundle gets "
                "placeholders for it and is good for tests only."
            )

    def archive(self) -> Path:
        """Return the archive that was built."""
        found = packing.packed(self.folder)
        if found is None or not self.folder.is_dir() or not self.log.is_file():
            raise BuildError(f"{self.folder} has not been built yet. Leave out --no-build.")
        return found

    def make(self) -> None:
        """Build, dress and pack.

        Raises:
            BuildError: something is missing in the bundle.
        """
        self._require_system_libraries()
        self._prepare()
        say("build: PyInstaller (some minutes)")
        self._freeze()
        if missed := inspection.missed(self.log.read_text(encoding="utf-8", errors="replace")):
            raise BuildError(f"PyInstaller did not find {', '.join(missed)} (see {self.log}).")
        packing.take(self.place / "frozen", self.folder)
        packing.strip_libraries(self.folder)
        for paper in ("LICENSE", "NOTICE"):
            if (ROOT / paper).is_file():
                shutil.copy(ROOT / paper, self.folder)
        notices = self.folder / "THIRD-PARTY-NOTICES.txt"
        self._python("bundling.notices", str(ROOT), str(self.folder), str(notices))
        if sys.platform == "linux":
            packing.dress_for_linux(self.identity, self.made, self.folder)
        packing.write_installer_script(self.identity, self.made, self.folder.name, DIST)
        say("build: the archive")
        archive = packing.pack(self.folder, self.flavour)
        say(f"build: {archive} ({archive.stat().st_size / 1e6:.0f} MB)")

    def findings(self) -> Iterator[Finding]:
        """Look at the bundle, then use it."""
        archive = self.archive()
        yield from self._inspect(archive)
        with tempfile.TemporaryDirectory(prefix="fundus-gui-bundle-") as folder:
            work = make_workplace(Path(folder), archive, ROOT)
            sample = sorted((self.folder / SAMPLES).glob("*.jpg"))[0]
            self._python("bundling.formats", str(sample), str(work.formats))
            source = source_command(self.tools.python, placeholders=self.placeholders)
            yield from check_console(work, self.identity, source)
            yield from check_window(work, self.tools.python, self.place / "pictures")

    def _inspect(self, archive: Path) -> Iterator[Finding]:
        missed = inspection.missed(self.log.read_text(encoding="utf-8", errors="replace"))
        said = ", ".join(missed) or "0"
        yield Finding("B1 not found while building", "0", said, not missed)
        names = [str(ROOT)]
        if Path.home() != Path("/root"):  # where most wheels are made, too
            names.append(str(Path.home()))
        held = inspection.names_inside(self.folder, names)
        held += self._python("bundling.modules", str(self.folder / CONSOLE), *names).split()
        said = ", ".join(held[:5]) or "0"
        yield Finding("B10 names of folders and people", "0", said, not held)
        yield from inspection.size_findings(self.folder, archive, self.flavour)
        yield inspection.glibc_finding(self.folder)
        yield linkage.linkage_finding(self.folder)
        strange = licences.unknown_libraries(self.folder)
        said = ", ".join(strange) or "no GPL or AGPL alone"
        yield Finding("B14 licences of libraries", "looked at", said, not strange)
        yield from inspection.desktop_findings(self.folder)

    def _require_system_libraries(self) -> None:
        """Raise where a library that Qt needs would be missing in the bundle."""
        missing = [need.apt for need in missing_needs() if need.role != "text"]
        if missing:
            raise BuildError(f"install what the bundle is to contain: {', '.join(missing)}.")

    def _prepare(self) -> None:
        self.made.mkdir(parents=True, exist_ok=True)
        self._python("bundling.icon", str(self.made))
        packing.write_version_files(self.identity, self.made)

    def _freeze(self) -> None:
        command = [self.tools.python, "-m", "PyInstaller", "--noconfirm"]
        folders = ["--distpath", str(self.place / "frozen"), "--workpath", str(self.place / "work")]
        variables = {
            "FUNDUS_BUNDLE_MADE": str(self.made),
            "FUNDUS_BUNDLE_PLACEHOLDERS": str(int(self.placeholders)),
            "PYTHONHASHSEED": "1",  # the same source gives the same archive of modules
        }
        spec = str(SCRIPTS / "bundling" / "fundus_gui.spec")
        with self.log.open("w", encoding="utf-8") as log:
            done = subprocess.run(
                [*command, *folders, spec],
                check=False,
                cwd=ROOT,
                env={**os.environ, **variables},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        if done.returncode:
            raise BuildError(f"PyInstaller failed (see {self.log}).")

    def _python(self, module: str, *arguments: str) -> str:
        """Run a module of this folder in the build environment; return what it prints."""
        command = [self.tools.python, "-m", module, *arguments]
        done = subprocess.run(
            command, check=False, cwd=SCRIPTS, stdout=subprocess.PIPE, encoding="utf-8"
        )
        if done.returncode:
            raise BuildError(f"{module} failed.")
        return done.stdout


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--flavour", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--test", action="store_true", help="use the archive as a person would")
    parser.add_argument("--no-build", action="store_true", help="take what was built last")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks; return the exit code."""
    options = parse(arguments)
    if options.test and sys.platform != "linux":
        said = "--test knows Linux alone. Elsewhere run `fundus-gui doctor` of the bundle."
        print(f"build: {said}", file=sys.stderr)
        return 2
    try:
        build = Build(options)
        if not options.no_build:
            build.make()
        if not options.test:
            return 0
        findings = []
        for finding in build.findings():
            say(f"build: {finding.check}: {finding.measured}")
            findings.append(finding)
    except (BuildError, subprocess.CalledProcessError) as error:
        print(f"build: {error}", file=sys.stderr)
        return 1
    table = markdown(findings)
    (DIST / f"{build.folder.name}.md").write_text(table, encoding="utf-8")
    say(f"\n{table}")
    return int(any(finding.passed is False for finding in findings))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

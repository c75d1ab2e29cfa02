"""Makes a download of what PyInstaller left: papers, desktop files, archive."""

from __future__ import annotations

import datetime
import hashlib
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from bundling.contents import STRIPPED
from bundling.icon import SIZES
from bundling.identity import APPLICATION, CONSOLE, FROZEN, WINDOW, Identity
from bundling.inspection import GLIBC_FLOOR
from bundling.toolchain import Flavour

HERE = Path(__file__).resolve().parent
_LARGEST_MENU_ICON = 512
_ARCHIVES = (".tar.zst", ".tar.xz", ".zip")
# CUDA's libraries are large and compressed already
_EFFORT: dict[Flavour, int] = {"cpu": 19, "cuda": 3}


def bundle_name(identity: Identity, flavour: Flavour, *, placeholders: bool) -> str:
    """Return how the folder is called; one that is fit for tests only says so."""
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, sys.platform)
    name = f"fundus-gui-{identity.version}-{system}-{platform.machine().lower()}-{flavour}"
    return f"{name}-test" if placeholders else name


def write_version_files(identity: Identity, made: Path) -> None:
    """Write what Windows shows of each executable."""
    numbers = [int(part) for part in identity.version.split(".")][:4]
    numbers += [0] * (4 - len(numbers))
    for name in (WINDOW, CONSOLE):
        text = identity.fill(
            HERE / "windows" / "version.txt", name=name, numbers=", ".join(map(str, numbers))
        )
        (made / f"{name}.version").write_text(text, encoding="utf-8")


def write_installer_script(identity: Identity, made: Path, folder: str, dist: Path) -> None:
    """Write what Inno Setup makes an installer from."""
    script = identity.fill(HERE / "windows" / "setup.iss", folder=folder, made=str(made))
    (dist / f"{folder}.iss").write_text(script, encoding="utf-8-sig")


def dress_for_linux(identity: Identity, made: Path, folder: Path) -> None:
    """Add the window's entry, its place in the menu, icons, the AppStream file and a README."""
    (folder / WINDOW).symlink_to(CONSOLE)
    share = folder / "share"
    for source, target in (
        ("program.desktop", share / "applications" / f"{identity.id}.desktop"),
        ("program.metainfo.xml", share / "metainfo" / f"{identity.id}.metainfo.xml"),
        ("add-to-menu.sh", folder / "add-to-menu.sh"),
        ("README.txt", folder / "README.txt"),
    ):
        target.parent.mkdir(parents=True, exist_ok=True)
        text = identity.fill(
            HERE / "linux" / source,
            date=datetime.datetime.now(datetime.UTC).date().isoformat(),
            glibc="{}.{}".format(*GLIBC_FLOOR),
        )
        target.write_text(text, encoding="utf-8")
    (folder / "add-to-menu.sh").chmod(0o755)
    icons = share / "icons" / "hicolor"
    drawing = icons / "scalable" / "apps" / f"{identity.id}.svg"
    drawing.parent.mkdir(parents=True)
    shutil.copy(made / "fundus-gui.svg", drawing)
    for size in SIZES:
        if size <= _LARGEST_MENU_ICON:
            picture = icons / f"{size}x{size}" / "apps" / f"{identity.id}.png"
            picture.parent.mkdir(parents=True)
            shutil.copy(made / f"fundus-gui-{size}.png", picture)


def take(frozen: Path, folder: Path) -> None:
    """Move what PyInstaller made into the place of what was built before, which goes."""
    for old in folder.parent.glob(f"{folder.name}.*"):
        old.unlink()
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(exist_ok=True)
    if sys.platform == "darwin":
        folder.mkdir()
        shutil.move(frozen / APPLICATION, folder)
    else:
        shutil.move(frozen / FROZEN, folder)


def strip_libraries(folder: Path) -> None:
    """Remove what only a debugger reads from the libraries that have much of it."""
    if sys.platform != "linux" or shutil.which("strip") is None:
        return
    inside = folder / "_internal"
    for library in (path for pattern in STRIPPED for path in inside.glob(pattern)):
        if not library.is_symlink():
            subprocess.run(["strip", "--strip-unneeded", str(library)], check=True)


def packed(folder: Path) -> Path | None:
    """Return the archive beside a folder."""
    names = (folder.with_name(folder.name + suffix) for suffix in _ARCHIVES)
    return next((archive for archive in names if archive.is_file()), None)


def pack(folder: Path, flavour: Flavour) -> Path:
    """Write the archive beside the folder, with its checksum, and return it."""
    archive = _pack(folder, flavour)
    with archive.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    line = f"{checksum}  {archive.name}\n"  # for sha256sum --check
    archive.with_name(f"{archive.name}.sha256").write_text(line, encoding="utf-8")
    return archive


def _pack(folder: Path, flavour: Flavour) -> Path:
    if sys.platform == "win32":
        return Path(shutil.make_archive(str(folder), "zip", folder.parent, folder.name))
    if sys.platform == "darwin":  # its own tool keeps links, and so the signature
        archive = folder.with_name(f"{folder.name}.zip")
        subprocess.run(["ditto", "-c", "-k", "--keepParent", folder, archive], check=True)
        return archive
    owner = ["--owner=0", "--group=0", "--sort=name"]
    tar = ["tar", *owner, "-C", str(folder.parent)]
    if shutil.which("zstd") is None:
        archive = folder.with_name(f"{folder.name}.tar.xz")
        subprocess.run([*tar, "-cJf", str(archive), folder.name], check=True)
        return archive
    archive = folder.with_name(f"{folder.name}.tar.zst")
    # the longest look-back that unpacks without asking for more memory
    effort = f"zstd -{_EFFORT[flavour]} --long=27 -T0"
    subprocess.run([*tar, "-I", effort, "-cf", str(archive), folder.name], check=True)
    return archive

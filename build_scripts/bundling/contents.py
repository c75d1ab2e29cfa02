"""What goes into the bundle and what stays out of it, with the reasons."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from pathlib import Path, PurePath

Entry = tuple[str, str, str]
"""As PyInstaller lists a file: name in the bundle, source, type."""

# Found by the libraries at run time, never imported here.
EXCLUDED_MODULES = (
    "IPython",
    "PIL._avif",
    "PySide6.QtNetwork",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtSql",
    "PySide6.QtTest",
    "aiohttp",
    "frozenlist",
    "hf_xet",  # speeds up downloads of whole model hubs
    "matplotlib.tests",
    "multidict",
    "pip",
    "pkg_resources",
    "propcache",
    "pyarrow._azurefs",
    "pyarrow._flight",
    "pyarrow._gcsfs",
    "pyarrow._s3fs",
    "pyarrow.flight",
    "pytest",
    "setuptools",
    "tensorboard",
    "tkinter",
    "triton",  # 1 GB, for torch.compile alone
    "yarl",
)

_DROPPED = (
    "PySide6/Qt/lib/libQt6EglFS",
    "PySide6/Qt/lib/libQt6Pdf",
    "PySide6/Qt/lib/libQt6Qml",
    "PySide6/Qt/lib/libQt6Quick",
    "PySide6/Qt/plugins/egldeviceintegrations",
    "PySide6/Qt/plugins/generic",
    "PySide6/Qt/plugins/networkinformation",
    "PySide6/Qt/plugins/platforms/libqeglfs",
    "PySide6/Qt/plugins/platforms/libqlinuxfb",
    "PySide6/Qt/plugins/platforms/libqminimal",
    "PySide6/Qt/plugins/platforms/libqvkkhrdisplay",
    "PySide6/Qt/plugins/platforms/libqvnc",
    "PySide6/Qt/plugins/platformthemes/libqgtk3",
    "PySide6/Qt/plugins/tls",
    "matplotlib/mpl-data/sample_data",
    "pyarrow/include/",
    "pyarrow/src/",
    "pyarrow/tests/",
    "torch/bin/protoc",
    "torch/bin/test_",
    "torch/include/",
    "torch/share/",
    "torch/test/",
    "weights/figures/",
)
_DROPPED_LIBRARIES = (
    # wanted by plug-ins and modules that are dropped; all but Arrow's come with GTK
    "libQt6EglFS",
    "libXcomposite.",
    "libXcursor.",
    "libXdamage.",
    "libXinerama.",
    "libarrow_flight",
    "libarrow_python_flight",
    "libarrow_s3",
    "libatk-",
    "libatspi.",
    "libblkid.",
    "libcairo",
    "libdatrie.",
    "libepoxy.",
    "libfribidi.",
    "libgdk",
    "libgio-",
    "libgmodule-",
    "libgobject-",
    "libgraphite2.",
    "libgtk-",
    "libharfbuzz.",
    "libjpeg.",
    "libmount.",
    "libpango",
    "libpixman-",
    "libselinux.",
    "libthai.",
)
# torch reads its own source for `torch.jit` and for its settings; of these only to compile.
_WITHOUT_SOURCE = ("torch/_inductor/", "torch/testing/")
_SETTINGS = "config"  # begins the names of the files that torch reads settings from
_DEVELOPMENT = (".pyi", ".h", ".pxd", ".pxi", ".pyx")

STRIPPED = (
    # names of functions that only a debugger reads: a tenth of the bundle; not of libraries that
    # were renamed for their wheels, which do not bear it
    "fontTools/**/*.so",
    "kiwisolver/*.so",
    "libpython3*.so*",
    "pyarrow/*.so*",
    "python3*/lib-dynload/*.so",
    "torch/lib/libtorch_cpu.so",
    "torch/lib/libtorch_python.so",
    "yaml/*.so",
)
_LANGUAGES = ("zh_CN",)  # of Qt's own dialogs, besides English

_FOREIGN_TORCHVISION = ("torchvision/_C.", "torchvision/image.")
"""Extensions that need the CUDA build of torch: they stay out of a test bundle."""


def is_kept(name: str, *, placeholders: bool) -> bool:
    """Return whether a file that PyInstaller found is wanted.

    Args:
        name: in the bundle.
        placeholders: whether torchvision's own library does not fit this torch.
    """
    path = PurePath(name).as_posix()
    if path.startswith("PySide6/Qt/translations/"):
        return path.endswith(tuple(f"/qtbase_{language}.qm" for language in _LANGUAGES))
    if placeholders and path.startswith(_FOREIGN_TORCHVISION):
        return False
    file = PurePath(path).name
    if path.endswith(".py") and path.startswith(_WITHOUT_SOURCE):
        return file.startswith(_SETTINGS)
    return not (
        path.startswith(_DROPPED)
        or file.startswith(_DROPPED_LIBRARIES)
        or path.endswith(_DEVELOPMENT)
    )


def kept(entries: Iterable[Entry], *, placeholders: bool) -> list[Entry]:
    """Return the entries whose files are wanted."""
    return [entry for entry in entries if is_kept(entry[0], placeholders=placeholders)]


def torchvision_extensions() -> list[str]:
    """Return torchvision's extension modules, which it loads by path under changing names."""
    found = importlib.util.find_spec("torchvision")
    if found is None or found.origin is None:
        return []
    files = Path(found.origin).parent.iterdir()
    return sorted(
        f"torchvision.{file.name.partition('.')[0]}"
        for file in files
        if file.suffix in {".so", ".pyd"}
    )


def own_modules(root: Path) -> list[str]:
    """Return every module of the program, since some are imported by name."""
    files = (file.relative_to(root).with_suffix("") for file in (root / "fundus_gui").rglob("*.py"))
    return sorted(".".join(file.parts).removesuffix(".__init__") for file in files)

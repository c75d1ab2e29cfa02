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
    "huggingface_hub.inference",
    "matplotlib.tests",
    "multidict",
    "networkx",  # for torch.compile alone
    "pip",
    "pkg_resources",
    "propcache",
    "pyarrow._azurefs",
    "pyarrow._flight",
    "pyarrow._gcsfs",
    "pyarrow._s3fs",
    "pyarrow.flight",
    "pydantic.v1",
    "pytest",
    "pywt",
    "readline",  # its library is under the GNU General Public License
    "scipy.cluster",
    "scipy.datasets",
    "scipy.io",
    "scipy.odr",
    "scipy.signal",
    "setuptools",
    "sklearn._loss",
    "sklearn.cluster",
    "sklearn.covariance",
    "sklearn.cross_decomposition",
    "sklearn.datasets",
    "sklearn.decomposition",
    "sklearn.ensemble",
    "sklearn.feature_extraction",
    "sklearn.gaussian_process",
    "sklearn.inspection",
    "sklearn.linear_model",
    "sklearn.manifold",
    "sklearn.mixture",
    "sklearn.neighbors",
    "sklearn.neural_network",
    "sklearn.svm",
    "sklearn.tree",
    "sqlite3",
    "sympy.categories",
    "sympy.combinatorics.testutil",
    "sympy.crypto",
    "sympy.diffgeom",
    "sympy.holonomic",
    "sympy.physics",
    "sympy.stats",
    "tensorboard",
    "tkinter",
    "torch._inductor.compile_fx",  # like its siblings here, for torch.compile alone
    "torch._inductor.fx_passes",
    "torch._inductor.graph",
    "torch._inductor.ir",
    "torch._inductor.kernel",
    "torch._inductor.lowering",
    "torch._inductor.mkldnn_lowerings",
    "torch._inductor.scheduler",
    "torch._inductor.select_algorithm",
    "torch._vendor.quack",
    "torch.ao.ns",
    "torch.ao.pruning",
    "torch.distributed.pipelining",
    "torch.testing._internal.common_methods_invocations",
    "torch.testing._internal.common_modules",
    "torch.testing._internal.common_nn",
    "torch.testing._internal.common_optimizers",
    "torch.testing._internal.common_quantization",
    "torch.testing._internal.distributed.distributed_test",
    "torch.testing._internal.distributed.nn",
    "torch.testing._internal.distributed.rpc",
    "torch.testing._internal.generated",
    "torch.testing._internal.hop_db",
    "torch.testing._internal.opinfo",
    "torch.testing._internal.optests",
    "torch.utils.benchmark",
    "torch.utils.tensorboard",
    "triton",  # 1 GB, for torch.compile alone
    "yarl",
)

_DROPPED = (
    "PySide6/Qt/lib/libQt6EglF",
    "PySide6/Qt/lib/libQt6Network",
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
    "nvidia/nvshmem/lib/nvshmem_",  # between machines
    "pyarrow/include/",
    "pyarrow/src/",
    "pyarrow/tests/",
    "sklearn/datasets/",
    "torch/include/",
    "torch/lib/libaoti_custom_ops.",  # like the next three, of torch's own tests
    "torch/lib/libbackend_with_compiler.",
    "torch/lib/libjitbackend_test.",
    "torch/lib/libtorchbind_test.",
    "torch/share/",
    "torch/test/",
    "weights/figures/",
)
_DROPPED_LIBRARIES = (
    # what the system's graphics drivers are linked to, in a version that fits them: one from the
    # build machine may be too old for them, and asks for a newer C library than all else does
    "libexpat.",
    "libgcc_s.",
    "libstdc++.",
    # of CUDA, for profilers, several machines and programs of other kinds
    "libcheckpoint.",
    "libcufftw.",
    "libcufile_rdma.",
    "libcusolverMg.",
    "libnvblas.",
    "libnvperf_",
    "libpcsamplingutil.",
    # wanted by plug-ins and modules that are dropped; most come with GTK
    "libQt6EglF",
    "libQt6Network",
    "libXau.",
    "libXcomposite.",
    "libXcursor.",
    "libXdamage.",
    "libXdmcp.",
    "libXext.",
    "libXfixes.",
    "libXi.",
    "libXinerama.",
    "libXrandr.",
    "libXrender.",
    "libarrow_flight",
    "libarrow_python_flight",
    "libarrow_s3",
    "libatk-",
    "libatspi.",
    "libblkid.",
    "libbsd.",
    "libcairo",
    "libcom_err.",
    "libdatrie.",
    "libepoxy.",
    "libfribidi.",
    "libgdk",
    "libgio-",
    "libgmodule-",
    "libgobject-",
    "libgraphite2.",
    "libgssapi_krb5.",
    "libgtk-",
    "libharfbuzz.",
    "libjpeg.so",
    "libk5crypto.",
    "libkeyutils.",
    "libkrb5",
    "libmd.",
    "libmount.",
    "libpango",
    "libpixman-",
    "libselinux.",
    "libthai.",
)
# torch reads its own source for `torch.jit` and for its settings; of these only the latter.
_WITHOUT_SOURCE = (
    "torch/_dynamo/",
    "torch/_export/",
    "torch/_inductor/",
    "torch/_vendor/",
    "torch/ao/",
    "torch/distributed/",
    "torch/export/",
    "torch/onnx/",
    "torch/testing/",
)
_SETTINGS = "config"  # begins the names of the files that torch reads settings from
_OF_PACKAGES = ("METADATA", "entry_points.txt")
_DEVELOPMENT = (".a", ".bc", ".build", ".h", ".pxd", ".pxi", ".pyi", ".pyx", ".tp")

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
_LEXERS = ("__init__", "_mapping", "python", "special")
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
    if path.startswith("torch/bin/"):
        return file == "torch_shm_manager"  # the one that `import torch` asks for
    if ".dist-info/" in path:
        return file in _OF_PACKAGES  # the licences are in THIRD-PARTY-NOTICES.txt
    if path.endswith(".py") and path.startswith(_WITHOUT_SOURCE):
        return file.startswith(_SETTINGS)
    is_own = ".libs/" in path  # what a wheel brings for itself
    return is_own or not (
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


def unused_lexers() -> list[str]:
    """Return what colours the source code of other languages than Python."""
    found = importlib.util.find_spec("pygments.lexers")
    folders = (found and found.submodule_search_locations) or ()
    files = (file for folder in folders for file in Path(folder).glob("*.py"))
    return sorted(f"pygments.lexers.{file.stem}" for file in files if file.stem not in _LEXERS)


def own_modules(root: Path) -> list[str]:
    """Return every module of the program, since some are imported by name."""
    files = (file.relative_to(root).with_suffix("") for file in (root / "fundus_gui").rglob("*.py"))
    return sorted(".".join(file.parts).removesuffix(".__init__") for file in files)

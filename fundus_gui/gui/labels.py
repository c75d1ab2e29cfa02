"""What classes are called on the screen; the names in weights and files stay as they are."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def class_title(name: str) -> str:
    """Return the display name of a class; unknown names lose their underscores only."""
    known = {
        "amd": QCoreApplication.translate("ClassTitle", "AMD"),
        "cataract": QCoreApplication.translate("ClassTitle", "Cataract"),
        "diabetic_retinopathy": QCoreApplication.translate("ClassTitle", "Diabetic retinopathy"),
        "dme": QCoreApplication.translate("ClassTitle", "Diabetic macular oedema"),
        "glaucoma": QCoreApplication.translate("ClassTitle", "Glaucoma"),
        "hypertension": QCoreApplication.translate("ClassTitle", "Hypertension"),
        "normal": QCoreApplication.translate("ClassTitle", "Normal"),
        "pathologic_myopia": QCoreApplication.translate("ClassTitle", "Pathologic myopia"),
        "rvo": QCoreApplication.translate("ClassTitle", "Retinal vein occlusion"),
    }
    spaced = name.replace("_", " ").strip()
    return known.get(name, spaced[:1].upper() + spaced[1:])

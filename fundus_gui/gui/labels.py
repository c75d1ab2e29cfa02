"""Core's words as they are shown on the screen; those in weights and files stay as they are."""

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


def research_use_only() -> str:
    """Return `fundus_gui.RESEARCH_USE_ONLY`, spelt out so that translators get to see it."""
    return QCoreApplication.translate(
        "Notice", "Research use only. Not a medical device; not for diagnosis or treatment."
    )

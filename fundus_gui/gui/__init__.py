"""The Qt window over `fundus_gui.core`; does no science itself."""

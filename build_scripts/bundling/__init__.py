"""What `build_scripts/build.py` does step by step: contents, icons, notices, checks."""

"""All science of the program; knows no screen and imports no Qt."""

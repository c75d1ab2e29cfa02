"""Inputs that no honest program writes, for everything here that reads files."""

"""What was measured on a bundle beside what is wanted of it, as one table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table.

    Attributes:
        check: what was looked at.
        goal: what is wanted.
        measured: what was found.
        passed: None where it could not be looked at here, for the reason in `measured`.
    """

    check: str
    goal: str
    measured: str
    passed: bool | None


def markdown(findings: Iterable[Finding]) -> str:
    """Return the table."""
    words = {True: "yes", False: "**NO**", None: "not checked"}
    rows = (
        f"| {finding.check} | {finding.goal} | {_cell(finding.measured)} "
        f"| {words[finding.passed]} |\n"
        for finding in findings
    )
    return "| Check | Goal | Measured | Reached |\n| --- | --- | --- | --- |\n" + "".join(rows)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")

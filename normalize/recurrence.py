"""Boilerplate that nobody declared: lines that stand in most summaries of a source."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from normalize.boilerplate import BoilerplateEvidence
from normalize.issues import Issue, issue
from normalize.model import Entry

SHARE = 0.6
"""Least share of a source's entries in which boilerplate stands."""
MINIMUM = 5
"""Least number of entries: on a page of fewer, what recurs may be chance."""


def no_evidence() -> BoilerplateEvidence:
    """The evidence before anything was seen."""
    return BoilerplateEvidence(share=SHARE, minimum=MINIMUM)


def summary_lines(entry: Entry) -> list[str]:
    """Lines of a summary that could be boilerplate: of a single line, none is."""
    lines = (entry.summary or "").split("\n")
    return lines if len(lines) > 1 else []


def learn(evidence: BoilerplateEvidence, entries: Sequence[Entry]) -> BoilerplateEvidence:
    """Add the entries of a page or run to what is known of their source."""
    return evidence.learn([summary_lines(entry) for entry in entries])


def without_recurring(entry: Entry, evidence: BoilerplateEvidence) -> Entry:
    """The entry without the lines that the evidence tells to be boilerplate; told in a remark.

    Lines of a summary that says nothing else stay: what remained would be an entry without text.
    """
    verdicts = evidence.judge(summary_lines(entry))
    kept = [verdict.line for verdict in verdicts if verdict.keep]
    dropped = len(verdicts) - len(kept)
    if not dropped or not kept:
        return entry
    remark = issue(Issue.BOILERPLATE_DROPPED, dropped)
    return attrs.evolve(entry, summary="\n".join(kept), issues=(*entry.issues, remark))

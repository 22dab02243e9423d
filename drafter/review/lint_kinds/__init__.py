"""The kinds of lint rule: what a rule's `kind` may say. The rules themselves are rules/**/*.yaml."""

from __future__ import annotations

from collections.abc import Mapping

from drafter.review.lint_kinds.base import Rule
from drafter.review.lint_kinds.figures import Contradiction
from drafter.review.lint_kinds.marks import Consistent, Pairs
from drafter.review.lint_kinds.names import FirstMention, SelfName
from drafter.review.lint_kinds.numbering import Enumeration, Levels
from drafter.review.lint_kinds.phrases import Expired, HeadingPattern, Pattern, Residue, Substitution
from drafter.review.lint_kinds.sentences import Density, RepeatedSentence, SentenceLength

__all__ = ["KINDS"]

KINDS: Mapping[str, type[Rule]] = {
    "pattern": Pattern,
    "heading": HeadingPattern,
    "substitution": Substitution,
    "expired": Expired,
    "residue": Residue,
    "levels": Levels,
    "enumeration": Enumeration,
    "repeated-sentence": RepeatedSentence,
    "sentence-length": SentenceLength,
    "density": Density,
    "first-mention": FirstMention,
    "self-name": SelfName,
    "pairs": Pairs,
    "consistent": Consistent,
    "contradiction": Contradiction,
}

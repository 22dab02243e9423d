"""Intake: what people give — YAML, Markdown, plain or pasted text — becomes a Brief.

Decoding, noise removal and punctuation normalisation live here, once.
"""

from drafter.intake.brief import brief_in, parse_brief, read_brief
from drafter.intake.cleaning import clean
from drafter.intake.files import decode, read_bytes
from drafter.intake.lines import facts_from_text
from drafter.intake.noise import cut_noise

__all__ = [
    "brief_in",
    "clean",
    "cut_noise",
    "decode",
    "facts_from_text",
    "parse_brief",
    "read_brief",
    "read_bytes",
]

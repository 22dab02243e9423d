"""Grounding: the figures of a text (figures.py), and the facts that support them (ledger.py)."""

"""drafter: bullet facts in, a finished official document (公文) out."""

__version__ = "0.1.0"

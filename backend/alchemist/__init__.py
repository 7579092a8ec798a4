"""Alchemist for Label Studio: labeling programs that pre-annotate, vote and learn from corrections."""

__version__ = "0.1.0"

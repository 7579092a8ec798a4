"""Checking and running labeling programs."""

"""Votes to posteriors: weights in JSON, fitted with Snorkel and evaluated in numpy."""

"""Migrations, append-only."""

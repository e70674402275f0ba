"""Reads and checks ``data/``: tables, rules, codings and choices. Nothing here writes to ``data/``."""

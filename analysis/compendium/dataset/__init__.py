"""Reads and checks ``data/``: tables, rules, codings and choices; nothing here writes to ``data/``."""

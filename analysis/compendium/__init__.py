"""Executable compendium of migration partnerships; each part is a subpackage, and nothing is imported here."""

"""The open, executable compendium of migration partnerships: what the notebooks call."""

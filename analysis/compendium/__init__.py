"""The open, executable compendium of migration partnerships: the package that the notebooks call."""

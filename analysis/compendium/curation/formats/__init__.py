"""Readers and writers of coded projects: REFI-QDA, Taguette, tables of quotations; knows nothing of this project."""

"""Readers and writers of coded projects (REFI-QDA, Taguette, tables); knows files, not this project."""

"""Readers and writers of coded projects (REFI-QDA, Taguette, tables); independent of this project."""

"""Readers and writers of coded project files (REFI-QDA, Taguette, tables); independent of this project."""

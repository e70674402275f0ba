"""Analyses of the book: one folder or module per chapter, named after its page; shared code is in ``reporting``."""

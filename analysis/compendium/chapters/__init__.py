"""The analyses of the book: one folder or module per chapter, named after its page."""

"""What keeps a project in order beside its book: texts of documents, their addresses, a first pass by machine."""

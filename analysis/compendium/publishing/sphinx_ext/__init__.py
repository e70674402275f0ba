"""The Sphinx extension of the book: figures, cited values, claims, explorer, provenance."""

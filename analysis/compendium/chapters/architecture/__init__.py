"""The chapter on the wider architecture of migration governance."""

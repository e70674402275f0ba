"""Charts, tables, captions and cited values that several chapters share; code of one chapter is in ``chapters``."""

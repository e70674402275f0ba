"""How charts, tables, captions and cited values look; nothing here belongs to one chapter."""

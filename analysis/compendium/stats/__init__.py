"""Statistics on plain arrays and frames; nothing here knows a table of this project."""

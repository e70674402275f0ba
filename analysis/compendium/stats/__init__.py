"""Statistics on arrays and frames. Code that reads or names a table of this project does not belong here."""

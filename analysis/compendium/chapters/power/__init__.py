"""The chapter on power: what each side of a partnership undertakes, leads and does."""

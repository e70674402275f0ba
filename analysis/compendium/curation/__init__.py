"""Everything that writes to ``data/``: import and export, source texts, links, proposals, interviews."""

"""From notebook templates to the website and the PDF."""

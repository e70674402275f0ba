"""MIME types of what notebooks hand to the book; imports nothing, so that publishing can use it at no cost."""

VEGA_LITE_VERSION = "6.1"
CHART_MIME = "application/vnd.vegalite.v6+json"
VALUES_MIME = "application/vnd.compendium.results+json"

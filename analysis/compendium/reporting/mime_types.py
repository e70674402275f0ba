"""MIME types of charts and values in notebooks; imports nothing, so that publishing loads no chart library."""

VEGA_LITE_VERSION = "6.1"
CHART_MIME = "application/vnd.vegalite.v6+json"
VALUES_MIME = "application/vnd.compendium.results+json"

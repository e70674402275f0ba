"""What is left out of the site, and notebooks for download."""

from pathlib import Path

import nbformat
import pytest
from compendium.publishing.sphinx_ext.page_assets import delete_unused_files, strip_outputs
from made_book import Book, made_book


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """The made-up book, built once."""
    return made_book(tmp_path_factory.mktemp("lean")).build()


def test_notebooks_are_offered_as_one_would_run_them(built: Book) -> None:
    """Code and text as in the record, no outputs; still a sound notebook."""
    name = "book/cases/aland/discourse.ipynb"
    offered = nbformat.read(built.root / "_build/html/_sources" / name, as_version=4)
    record = nbformat.read(built.root / name, as_version=4)
    nbformat.validate(offered)
    assert [cell.source for cell in offered.cells] == [cell.source for cell in record.cells]
    assert not [cell for cell in offered.cells if cell.get("outputs")]
    assert [cell for cell in record.cells if cell.get("outputs")], "the record itself is not touched"


def test_a_notebook_without_outputs_stays_as_it_is() -> None:
    """Doing it twice changes nothing."""
    text = strip_outputs('{"cells": [{"cell_type": "code", "source": "é", "outputs": [1], "execution_count": 3}]}')
    assert strip_outputs(text) == text
    assert "é" in text


def test_what_no_browser_asks_for_is_left_out(tmp_path: Path) -> None:
    """Maps, drawn icons, old fonts and translations go; the rest stays."""
    dropped = ["scripts/a.js.map", "scripts/fontawesome.js", "vendor/fontawesome/webfonts/a.ttf", "locales/de/x.mo"]
    kept = ["scripts/a.js", "vendor/fontawesome/webfonts/a.woff2", "compendium.css"]
    for name in dropped + kept:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    delete_unused_files(tmp_path)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()) == sorted(
        kept
    )


def test_scripts_wait_until_the_text_stands(built: Book) -> None:
    """All but the options that in-line scripts set."""
    scripts = built.page("book/index").select("head script[src]")
    at_once = [script["src"].rpartition("/")[2].partition(".")[0] for script in scripts if not script.has_attr("defer")]
    assert at_once == ["documentation_options"]
    assert len(scripts) > 2
    assert not [
        script
        for script in built.page("search").select("script[src]")
        if "doctools" in script["src"] and script.has_attr("defer")
    ]

"""Codes that lead to their definition."""

from pathlib import Path

from made_book import NUMBER, Book, chart_output, made_book, notebook, spec

WORDS = {"text": "Good neighbours", "interval": "Good neighbours", "unit": "words", "value": "", "meaning": "top frame"}
HREF = "across/codebook.html#neighbours"


def coded(tmp_path: Path, text: str, codebook: bool = True) -> Book:
    """A made-up book with a codebook of one code; its first page says ``text``."""
    tmp_path.mkdir(exist_ok=True)
    book = made_book(tmp_path)
    book.write(
        "data/codebook/frames.csv", "code_id,label,definition\nneighbours,Good neighbours,They live side by side.\n"
    )
    book.write("data/codebook/questions.csv", "code_ids,question\nneighbours,Whose?\n")
    if codebook:
        book.write(
            "book/across/codebook.md", '# Codebook\n\n<b id="neighbours">Good neighbours</b> *Good neighbours*\n'
        )
    book.results("aland", {"discourse": {"top": NUMBER, "frame": WORDS}})
    book.write("book/index.md", f"# The book\n\n{text}\n")
    return book.build()


def test_an_emphasised_code_leads_to_its_definition(tmp_path: Path) -> None:
    """Its title says the definition; other emphasis, and words in plain text, stay as they are."""
    book = coded(tmp_path, "Here *Good neighbours*, there *good fences*, and Good neighbours again.")
    assert book.warnings == ""
    (link,) = book.page("book/index").select("p a.defined")
    assert (link["href"], link["title"], link.em.get_text()) == (HREF, "They live side by side.", "Good neighbours")


def test_a_code_that_the_data_decide_leads_to_its_definition(tmp_path: Path) -> None:
    """It says what it was computed as, and what it means."""
    book = coded(tmp_path, "Most often *{val}`aland.discourse.frame`* in {val}`aland.discourse.top`.")
    assert book.warnings == ""
    name, share = book.page("book/index").select("p a.val")
    assert name["href"] == HREF
    assert name["title"] == "top frame: Good neighbours. They live side by side."
    assert share["href"] == "cases/aland/discourse.html#number-top"


def test_codes_in_the_data_of_a_figure_lead_to_their_definitions(tmp_path: Path) -> None:
    """Every cell that is a code's label."""
    rows = [{"label": "Good neighbours", "share": 0.5, "count": 1, "gap": 0}]
    notebook(tmp_path / "kept.ipynb", "# Compared", chart_output(spec("overall", datasets={"made-data": rows})))
    book = coded(tmp_path, "Text.")
    (tmp_path / "kept.ipynb").rename(tmp_path / "book/across/comparison.ipynb")
    link = book.build().page("book/across/comparison").select_one("figure tbody a")
    assert (link["href"], link.get_text()) == ("codebook.html#neighbours", "Good neighbours")


def test_without_its_page_and_on_it_nothing_is_linked(tmp_path: Path) -> None:
    """No link leads nowhere, and none to where one is."""
    book = coded(tmp_path / "with", "Text.")
    assert not book.page("book/across/codebook").select("a.defined")
    assert not coded(tmp_path / "without", "*Good neighbours*", codebook=False).page("book/index").select("a.defined")

"""The verdict on a finding, as prose cites it."""

from pathlib import Path

from made_book import NUMBER, Book, made_book

VERDICT = {"text": "holds in part (Aland)", "interval": "", "unit": "words", "value": "", "meaning": "All is well."}


def cited(tmp_path: Path, text: str) -> Book:
    """A made-up book whose first page cites a finding; its page on findings is there."""
    book = made_book(tmp_path)
    book.results("across", {"comparison": {"cases": NUMBER}, "findings": {"F01": VERDICT, "holds": NUMBER}})
    book.write("book/across/findings.md", "# Findings\n\nMade up.\n")
    book.write("book/index.md", f"# The book\n\n{text}\n")
    return book.build()


def test_a_claim_says_its_verdict_and_leads_to_its_section(tmp_path: Path) -> None:
    book = cited(tmp_path, "So it is ({claim}`F01`).")
    assert book.warnings == ""
    link = book.page("book/index").select_one("a.val")
    assert link.get_text() == "F01 holds in part (Aland)"
    assert link["href"] == "across/findings.html#F01"
    assert link["title"] == "All is well. Verdict: holds in part (Aland)"


def test_a_claim_changes_with_its_verdict(tmp_path: Path) -> None:
    book = cited(tmp_path, "So it is ({claim}`F01`).")
    book.results("across", {"comparison": {"cases": NUMBER}, "findings": {"F01": VERDICT | {"text": "fails"}}})
    book.build()
    assert book.page("book/index").select_one("a.val").get_text() == "F01 fails"


def test_an_unknown_claim_is_a_located_warning(tmp_path: Path) -> None:
    book = cited(tmp_path, "Text.\n\nSo it is ({claim}`F77`).")
    assert "index.md:5" in book.warnings
    assert "claim: there is no number 'across.findings.F77'" in book.warnings and "across.findings.F01" in book.warnings


def test_a_number_is_no_claim(tmp_path: Path) -> None:
    assert "is a number of the page on findings, and no finding" in cited(tmp_path, "{claim}`holds`").warnings

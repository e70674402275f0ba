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
    assert "claim: there is no value 'across.findings.F77'" in book.warnings and "across.findings.F01" in book.warnings


def test_a_number_is_no_claim(tmp_path: Path) -> None:
    assert "is a value of the page on findings, not the id of a finding" in cited(tmp_path, "{claim}`holds`").warnings


def glance(tmp_path: Path, *texts: str) -> Book:
    """A made-up book whose first page shows findings with these verdicts at a glance."""
    book = made_book(tmp_path)
    findings = {f"F0{place}": VERDICT | {"text": text} for place, text in enumerate(texts, start=1)}
    book.results("across", {"findings": findings | {"holds": NUMBER}})
    book.write("book/across/findings.md", "# Findings\n\nMade up.\n")
    book.write("book/index.md", "# The book\n\n```{verdicts}\n+ holds\n~ holds in part\no fails\n```\n")
    return book.build()


def test_findings_stand_under_their_verdicts(tmp_path: Path) -> None:
    """Each with a sign and once among the claims, under the words that say most; a verdict nobody has is left out."""
    book = glance(tmp_path, "holds in part (Aland)", "holds", "holds")
    assert book.warnings == ""
    page = book.page("book/index")
    signs = page.select(".strip a")
    assert [sign.get_text() for sign in signs] == ["+", "+", "~"]
    assert [sign["href"] for sign in signs] == [f"across/findings.html#F0{place}" for place in (2, 3, 1)]
    assert signs[2]["title"] == "F01 holds in part (Aland): All is well."
    groups = [group.p.get_text() for group in page.select(".verdict-group")]
    assert groups == ["+ holds 2", "~ holds in part 1"]
    line = page.select(".verdict-group li")[2]
    assert line.get_text().strip() == "F01 All is well. (Aland)"
    assert line.a["href"] == "across/findings.html#F01"
    assert line.a.get_text() == "F01 All is well.", "the claim, not its id alone, leads to the finding"
    assert not line.a.get("title"), "nothing to say that does not stand there: a finger needs one tap"


def test_a_verdict_without_words_is_told(tmp_path: Path) -> None:
    """It would be missing from the page otherwise."""
    assert "index.md:3: WARNING: verdicts: the verdict on F01 is 'wavers'" in glance(tmp_path, "wavers").warnings

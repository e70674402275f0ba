"""Charts as figures of a page."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from compendium.publishing.sphinx_ext import figure_svg
from compendium.publishing.sphinx_ext.figure_data import DataTable, format_cell
from made_book import SVG, Book, chart_output, made_book, notebook, spec


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """The made-up book, built once."""
    return made_book(tmp_path_factory.mktemp("figures")).build()


def test_a_drawing_is_one_named_image() -> None:
    """Assistive technology meets one image with a name, and no marks that say less."""
    root = ElementTree.fromstring(figure_svg.inline_svg(SVG, "first", 'Title. Says "much" & more'))
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'Title. Says "much" & more'
    inner = [key for element in list(root.iter())[1:] for key in element.attrib]
    assert not [key for key in inner if key == "role" or key.startswith("aria-")]


def test_two_drawings_share_no_id() -> None:
    """Ids carry the chart's name, and what refers to them follows."""
    first, second = figure_svg.inline_svg(SVG, "first", "x"), figure_svg.inline_svg(SVG, "second", "x")
    ids = [set(re.findall(r'\bid="([^"]+)"', text)) for text in (first, second)]
    assert ids == [{"first-clip0"}, {"second-clip0"}]
    assert "url(#first-clip0)" in first
    assert 'xlink:href="#first-clip0"' in first


def test_a_drawing_keeps_the_inks_of_the_page() -> None:
    """Text in ``currentColor`` stays so; the page gives the font."""
    assert 'fill="currentColor"' in figure_svg.inline_svg(SVG, "x", "x")
    assert "font-family" not in figure_svg.inline_svg(SVG, "x", "x")


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.1234, "%", "12.3\N{NO-BREAK SPACE}%"),
        (0.1234, ".0%", "12.3\N{NO-BREAK SPACE}%"),
        (-4.25, "+.1f", "−4.2"),
        (7, "+.1f", "+7.0"),
        (3, "", "3"),
        (3.0, "d", "3"),
        (0.12345, "", "0.12"),
        (None, ".1%", "–"),
        (float("nan"), "", "–"),
        (True, "", "yes"),
        ("under-way", "", "under-way"),
    ],
)
def test_values_are_written_as_the_chart_writes_them(value: object, form: str, text: str) -> None:
    """Shares as per cent with one decimal; minus signs are minus signs; what is not known is a dash."""
    assert format_cell(value, form) == text


def test_the_data_table_has_the_chosen_columns_only() -> None:
    """Headings in the author's order; raw values in the file for download."""
    table = DataTable.from_spec(spec())
    assert table.to_csv() == "Area,Share,Rows,Gap\na </script> b,0.1234,3,-4.25\nc,,1200,7.0\n"
    assert "kept out" not in table.to_html("x")


def test_a_figure_stands_in_the_page(built: Book) -> None:
    """The drawing works without a script; words, data and permanent name stand with it."""
    assert built.warnings == ""
    figure = built.page("book/cases/aland/discourse").select_one("figure#made")
    assert figure is not None
    assert figure.select_one("svg")["aria-label"] == "A made-up chart. Largest: c."
    assert figure.select_one(".chart-note").get_text() == "Figure 1. n = 2 & more"
    assert [cell.get_text() for cell in figure.select("thead th")] == ["Area", "Share", "Rows", "Gap"]
    rows = [[cell.get_text() for cell in row.select("th, td")] for row in figure.select("tbody tr")]
    assert rows == [["a </script> b", "12.3\N{NO-BREAK SPACE}%", "3", "−4.2"], ["c", "–", "1200", "+7.0"]]
    assert [cell.get("class") for cell in figure.select("thead th")] == [None, ["number"], ["number"], ["number"]]


def test_the_specification_survives_its_script_element(built: Book) -> None:
    """A closing tag in the data does not end the element that carries them."""
    script = built.page("book/cases/aland/discourse").select_one("figure#made script.chart-spec")
    assert json.loads(script.string) == spec()


def test_downloads_are_files_beside_the_pages(built: Book) -> None:
    """Each link leads to a file that holds what it says."""
    links = built.page("book/cases/aland/discourse").select("figure#made .downloads a[download]")
    folder = built.root / "_build/html/book/cases/aland"
    files = {link["download"].split(".", 1)[1]: (folder / link["href"]).resolve() for link in links}
    assert set(files) == {"csv", "svg", "vl.json"}
    assert files["csv"].read_text().startswith("Area,Share")
    assert ElementTree.parse(files["svg"]).getroot().get("aria-label") == "A made-up chart. Largest: c."
    assert 'font-family="Arial"' in files["svg"].read_text()
    assert json.loads(files["vl.json"].read_text()) == spec()


def test_a_name_used_twice_is_a_fault(tmp_path: Path) -> None:
    """A permanent name points to one figure."""
    book = made_book(tmp_path)
    notebook(tmp_path / "book/across/comparison.ipynb", "# Twice", chart_output(spec()), chart_output(spec()))
    assert "comparison.ipynb" in book.build().warnings
    assert "the name 'made' is already used on this page" in book.warnings


@pytest.mark.parametrize("lacking", ["title", "description"])
def test_a_chart_without_words_is_a_fault(tmp_path: Path, lacking: str) -> None:
    """The page says what the chart lacks."""
    book = made_book(tmp_path)
    notebook(tmp_path / "book/across/comparison.ipynb", "# Wordless", chart_output(spec(**{lacking: ""})))
    assert f"chart: it has no {lacking}" in book.build().warnings


def test_other_builders_take_the_words(tmp_path: Path) -> None:
    """A book in plain text or LaTeX names the chart and does not fall over."""
    book = made_book(tmp_path)
    assert book.build("text").warnings == ""
    assert "A made-up chart" in (tmp_path / "_build/text/book/across/comparison.txt").read_text()
    assert book.build("latex").warnings == ""


def test_a_figure_of_another_page(tmp_path: Path) -> None:
    """It is the same figure, and leads to the page that computed it."""
    book = made_book(tmp_path)
    book.write("book/index.md", "# The book\n\n```{figure-from} across/comparison overall\n```\n")
    assert book.build().warnings == ""
    figure = book.page("book/index").select_one("figure#across-comparison-overall")
    assert figure.select_one("a", string="Where it was computed")["href"] == "across/comparison.html#overall"


def test_a_figure_may_be_folded_at_home_and_stands_open_elsewhere(tmp_path: Path) -> None:
    """Whoever looks through a page opens what they want to see; a page that shows one figure shows it."""
    book = made_book(tmp_path)
    folded = spec()
    folded["usermeta"]["compendium"] |= {"name": "shut", "folded": "A & its universes"}
    notebook(tmp_path / "book/across/comparison.ipynb", "# Folded", chart_output(folded))
    book.write("book/index.md", "# The book\n\n```{figure-from} across/comparison shut\n```\n")
    assert book.build().warnings == ""
    home = book.page("book/across/comparison").select_one("details.folded-figure")
    assert home.summary.get_text() == "A & its universes"
    assert home.select_one("figure#shut svg") is not None
    elsewhere = book.page("book/index").select_one("figure#across-comparison-shut")
    assert elsewhere.find_parent("details") is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("across/comparsion overall", "there is no page 'across/comparsion'; available: across/comparison"),
        ("across/comparison overal", "across/comparison has no figure 'overal'; available: overall"),
    ],
)
def test_a_figure_that_is_not_there_is_a_located_fault(tmp_path: Path, arguments: str, message: str) -> None:
    """The fault names line and nearest names, and is told again by the next build."""
    book = made_book(tmp_path)
    book.write("book/index.md", f"# The book\n\n```{{figure-from}} {arguments}\n```\n")
    for _ in range(2):
        assert f"book/index.md:3: WARNING: figure-from: {message}" in book.build().warnings


def test_a_figure_that_a_thin_case_lacks_may_be_passed_over(tmp_path: Path) -> None:
    book = made_book(tmp_path)
    book.write("book/index.md", "# The book\n\n```{figure-from} across/comparison none\n:if-drawn:\n```\n\nAnd on.\n")
    assert book.build().warnings == ""
    assert "And on." in book.page("book/index").text
    book.write("book/index.md", "# The book\n\n```{figure-from} across/nothing overall\n:if-drawn:\n```\n")
    assert "there is no page 'across/nothing'" in book.build().warnings

"""Texts that a user holds, from the command line: kept, known by their hash, and held against what is quoted."""

import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import made
import pypdf
import pytest
from compendium.curation import text_extraction
from compendium.dataset.evidence import load_evidence

Run = Callable[..., subprocess.CompletedProcess[str]]

SENTENCE = "Both sides regard migration as a shared task."
HTML = f"<!doctype html><html><body><article><p>First.</p><p>{SENTENCE}</p></article></body></html>"


@pytest.fixture
def own(project: Path) -> Path:
    """The made-up project with two quotations, as a folder that the command takes for one."""
    (project / "analysis").mkdir()
    (project / "analysis/dodo.py").touch()
    quoted = {"text_kind": "quotation"}
    rows = [
        made.statement("aland-d1", 1) | quoted | {"text": SENTENCE},
        made.statement("aland-d1", 2) | quoted | {"text": "They … signed it"},
        made.statement("aland-d2", 1),
    ]
    made.write(project / "data/cases/aland", "statements", rows)
    return project


@pytest.fixture
def compendium(own: Path) -> Run:
    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "import sys; from compendium.cli import main; sys.exit(main())"]
        return subprocess.run([*command, *map(str, arguments)], cwd=own, capture_output=True, text=True)

    return run


def pdf(*pages: str) -> bytes:
    """A PDF with these lines, made by hand: one object a page."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, line in enumerate(pages):
        stream = f"BT /F1 12 Tf 50 700 Td ({line}) Tj ET"
        resources = "/Resources << /Font << /F1 3 0 R >> >>"
        box = "/MediaBox [0 0 612 792]"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} {resources} /Contents {5 + 2 * number} 0 R >>")
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    body, places = "%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
    return f"{body}{end}<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n".encode()


def encrypted() -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(SENTENCE)))
    writer.encrypt("secret", algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def everything(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("text.txt", f"First.\n{SENTENCE}\n".encode()),
        ("text.txt", f"First. {SENTENCE}".encode("utf-16")),
        ("page.htm", HTML.encode()),
        ("page", b"\n  " + HTML.upper()[:15].encode() + HTML[15:].encode()),
        ("paper.pdf", pdf("First page.", SENTENCE)),
    ],
)
def test_a_text_is_kept_and_its_quotations_are_shown(
    own: Path, compendium: Run, tmp_path: Path, name: str, content: bytes
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    before = load_evidence(own)
    done = compendium("texts", "add", "aland-d1", file)
    assert done.returncode == 0, done.stderr
    (kept,) = (own / "data/texts").iterdir()
    assert kept.stem == "aland-d1" and kept.read_bytes() == content
    behind = load_evidence(own).documents.set_index("document_id")["text_sha256"]
    assert behind["aland-d1"] == hashlib.sha256(content).hexdigest()
    assert set(behind.drop("aland-d1")) == {""}
    assert load_evidence(own).documents.drop(columns="text_sha256").equals(before.documents.drop(columns="text_sha256"))
    checked = compendium("texts", "check")
    assert f"⟦{SENTENCE}⟧" in checked.stdout
    assert "✗ aland-d1-s2: no similar passage in the text" in checked.stdout
    assert "affected codings: B: threat, B: fences" in checked.stdout
    assert checked.returncode == 1, "a quotation is not in its text"


def test_only_the_cell_and_a_missing_column_are_written(own: Path, compendium: Run, tmp_path: Path) -> None:
    """Other bytes stay: quotes, line ends, and the tables of others but for the new column."""
    aland, bland = (own / f"data/cases/{case}/documents.csv" for case in made.CASES)
    head, *rows = aland.read_text(encoding="utf-8").splitlines()
    old = "\r\n".join(
        [head.removesuffix(",text_sha256"), *(f'"{row.split(",")[0]}"{row[row.index(",") : -1]}' for row in rows)]
    )
    aland.write_bytes(old.encode())
    other = bland.read_bytes()
    (tmp_path / "text.txt").write_text(SENTENCE, encoding="utf-8")
    assert compendium("texts", "add", "aland-d2", tmp_path / "text.txt").returncode == 0
    sha256 = hashlib.sha256(SENTENCE.encode()).hexdigest()
    first, *others, last = old.split("\r\n")
    expected = "\r\n".join([f"{first},text_sha256", *(f"{line}," for line in others), f"{last},{sha256}"])
    assert aland.read_bytes() == expected.encode()
    assert bland.read_bytes() == other, "it has the column already"


def test_a_text_that_changed_is_told_with_the_codings_it_breaks(own: Path, compendium: Run, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text(f"{SENTENCE} They all signed it.", encoding="utf-8")
    compendium("texts", "add", "aland-d1", file)
    well = compendium("texts", "check")
    assert well.returncode == 0, well.stdout
    assert "aland-d1: unchanged" in well.stdout
    kept = own / "data/texts/aland-d1.txt"
    kept.write_text(kept.read_text(encoding="utf-8").replace("shared task", "shared burden"), encoding="utf-8")
    told = compendium("texts", "check")
    assert told.returncode == 1
    assert "aland-d1: changed" in told.stdout
    assert "✗ aland-d1-s1: closest passage: ⟦Both sides regard migration as a shared⟧ burden." in told.stdout
    assert "affected codings: A: equals, A: visas, B: equals" in told.stdout
    assert "✓ aland-d1-s2" in told.stdout
    assert "aland-d1" not in compendium("texts", "check", "--document", "bland-d1").stdout


def test_another_text_takes_the_place_of_the_first(own: Path, compendium: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SENTENCE, encoding="utf-8")
    (tmp_path / "b.html").write_text(HTML, encoding="utf-8")
    compendium("texts", "add", "aland-d1", tmp_path / "a.txt")
    assert "Replaced" in compendium("texts", "add", "aland-d1", tmp_path / "b.html").stdout
    assert [path.name for path in (own / "data/texts").iterdir()] == ["aland-d1.html"]


def test_what_is_not_here_and_what_is_not_known(own: Path, compendium: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SENTENCE, encoding="utf-8")
    compendium("texts", "add", "bland-d1", tmp_path / "a.txt")
    (own / "data/texts/bland-d1.txt").unlink()
    (own / "data/texts/aland-d2.txt").write_text("Made up.", encoding="utf-8")
    (own / "data/texts/notes.docx").write_bytes(b"x")
    told = compendium("texts", "check")
    assert "bland-d1: missing" in told.stdout
    assert "aland-d2: not recorded" in told.stdout
    assert "data/texts/notes.docx: belongs to no document" in told.stdout
    assert "Not checked, because no text is stored: 2 quotations of 1 document." in told.stdout


@pytest.mark.parametrize(
    ("document", "content", "said"),
    [
        ("aland-d9", b"text", "there is no document 'aland-d9'"),
        ("aland-d1", None, "there is no such file"),
        ("aland-d1", b"", "it contains no text"),
        ("aland-d1", b" \n\t.\n", "it contains no text"),
        ("aland-d1", b"PK\x03\x04word/document.xml", "a ZIP archive, such as a Word"),
        ("aland-d1", b"\x89PNG\r\n", "an image"),
        ("aland-d1", b"\x00\x01\x02\x03", "neither PDF nor HTML nor plain text"),
        ("aland-d1", b"caf\xe9 au lait", "it is not encoded in UTF-8 (line 1)"),
        ("aland-d1", pdf(), "it contains no text; a scanned document needs text recognition (OCR) first"),
        ("aland-d1", pdf(SENTENCE)[:200], "damaged PDF"),
        ("aland-d1", b"%PDF-1.7\n" + bytes(range(256)) * 4, "damaged PDF"),
        ("aland-d1", encrypted(), "it is encrypted: save a copy without a password"),
        ("aland-d1", b"<html><body></body></html>", "it contains no text"),
    ],
)
def test_what_can_not_be_kept_is_told_and_nothing_is_written(
    own: Path, compendium: Run, tmp_path: Path, document: str, content: bytes | None, said: str
) -> None:
    file = tmp_path / "file.bin"
    if content is not None:
        file.write_bytes(content)
    before = everything(own)
    done = compendium("texts", "add", document, file)
    assert done.returncode == 1
    assert said in done.stderr and done.stderr.count("\n") == 1, done.stderr
    assert everything(own) == before


def test_what_is_too_large_is_not_opened(own: Path, compendium: Run, tmp_path: Path) -> None:
    with (tmp_path / "huge.txt").open("wb") as stream:
        stream.truncate(text_extraction.MAX_FILE_BYTES + 1)
    assert "it is too large: 50 MB" in compendium("texts", "add", "aland-d1", tmp_path / "huge.txt").stderr


def test_a_file_that_needs_too_much_memory_or_time_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "text.txt"
    file.write_text("word " * 10, encoding="utf-8")
    monkeypatch.setattr(text_extraction, "TIMEOUT_SECONDS", 0.001)
    with pytest.raises(text_extraction.SourceTextError, match=r"within 0\.001 seconds"):
        text_extraction.extract_text(file)


def test_a_bomb_of_a_pdf_ends_in_a_sentence(tmp_path: Path) -> None:
    """A stream of two gigabytes of spaces, packed into two megabytes."""
    import zlib

    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 10_000_000) for _ in range(200)) + packer.flush()
    raw = pdf("x").replace(b"<< /Length", b"<< /Filter /FlateDecode /Length")
    start, end = raw.index(b"stream\n") + 7, raw.index(b"\nendstream")
    raw = raw[:start] + packed + raw[end:]
    raw = raw.replace(f"/Length {end - start}".encode(), f"/Length {len(packed)}".encode())
    file = tmp_path / "bomb.pdf"
    file.write_bytes(raw)
    with pytest.raises(text_extraction.SourceTextError):
        text_extraction.extract_text(file)


def test_an_id_that_leads_elsewhere_is_refused(own: Path, compendium: Run, tmp_path: Path) -> None:
    path = own / "data/cases/aland/documents.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("aland-d2", "../../../evil"), encoding="utf-8")
    (tmp_path / "a.txt").write_text(SENTENCE, encoding="utf-8")
    before = everything(own)
    assert "cannot be a file name" in compendium("texts", "add", "../../../evil", tmp_path / "a.txt").stderr
    assert everything(own) == before
    assert set(os.listdir(tmp_path)) == {"project", "a.txt"}

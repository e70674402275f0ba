"""Taguette's own code opens what is exported, and what it makes is imported. Its release 1.5.2 is tried."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fetching
import made_qdpx
import pytest
from compendium import cli
from compendium.dataset.evidence import load_evidence
from kinds import Call
from made import HELPERS
from made_qdpx import Selection, Source
from round_trips import REAL, copy_of_data, tables

pytestmark = pytest.mark.slow

REQUIREMENT = "taguette==1.5.2"
Drive = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="session")
def drive() -> Drive:
    """Runs Taguette's own code; gives the highlights as Taguette sees them."""
    python = fetching.environment([REQUIREMENT], "taguette")

    def run(*arguments: str | Path, given: str = "") -> list[dict[str, Any]]:
        script = HELPERS / "drive_taguette.py"
        done = subprocess.run([python, script, *arguments], input=given, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
        return found

    return run


@pytest.mark.parametrize("case", REAL)
def test_a_case_of_the_book_goes_through_taguette_and_back(
    case: str, drive: Drive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copy_of_data(tmp_path)
    monkeypatch.chdir(root)
    folder, out, back = root / "data/cases" / case, tmp_path / "out.sqlite3", tmp_path / "back.sqlite3"
    before = tables(folder)
    assert cli.main(["export", "--case", case, "--out", str(out)]) == 0
    seen = drive("through", out, tmp_path / "own.sqlite3", back)
    known = load_evidence(root).case(case)
    assert all(each["cut"] == each["kept"] for each in seen)
    coders = known.codings[["statement_id", "coder"]].drop_duplicates()
    said = known.statements.merge(coders, on="statement_id")["text"]
    assert sorted(each["cut"] for each in seen) == sorted(said), "a highlight for each coder of a statement"
    assert not all(map(str.isascii, said))
    assert cli.main(["import", str(back), "--case", case, "--replace"]) == 0
    assert tables(folder) == before


TEXTS = [
    "\n\n  Begins with blanks & <tags> &amp; &nbsp; entities; ends with them \n \n",
    "Zäune – “fences”: 𝒜𝒷 😀, e\u0301, \u200bnothing, \ufeffmark, \u2028line, a\u00a0b.\n\nسياج و بوابة\nעברית",
    "one\n\n\n\ntwo\tthree\n<pre>\nfour</pre>",
]


def test_texts_that_are_hard_to_keep_stand_in_taguette_as_they_are(
    drive: Drive, call: Call, home: Path, tmp_path: Path
) -> None:
    sources = []
    for number, text in enumerate(TEXTS):
        spans = {(start, min(start + size, len(text))) for start in range(0, len(text), 3) for size in (1, 2, 7, 40)}
        selections = [Selection(*span, [("Ann", "Fences")]) for span in sorted(spans)]
        sources.append(Source(f"Text {number}", text.encode(), selections))
    path, out = made_qdpx.project(tmp_path / "in.qdpx", sources), tmp_path / "out.sqlite3"
    assert call("import", path, "--case", "brought")[0] == 0
    assert call("export", "--case", "brought", "--out", out)[0] == 0
    seen = drive("through", out, tmp_path / "own.sqlite3", tmp_path / "back.sqlite3")
    said = load_evidence(home).case("brought").statements["text"].tolist()
    assert [each["cut"] for each in seen] == said
    before = tables(home / "data/cases/brought")
    assert call("import", tmp_path / "back.sqlite3", "--case", "brought", "--replace")[0] == 0
    assert tables(home / "data/cases/brought") == before


PAGES = [
    ["Liste", "<!doctype html><title>x</title><h1>Zäune &amp; Tore</h1><ul><li>Erstens: 𝒜</li>"
     "<li>Zweitens: 😀</li></ul><p>Ein <b>Zaun</b> steht<br>am Tor.</p><script>no()</script>",
     [["Tore", "gate"], ["𝒜Zweitens: 😀", "people.ann"], ["Ein Zaun stehtam", "fence"], ["Zäune & Tore", "people"]]],
    ["Tabelle", "<table><tr><td>eins</td><td>zwei</td></tr>\n<tr><td>drei – vier</td></tr></table>  "
     "<p>Ende &lt;hier&gt;</p>", [["einszwei", "fence"], ["drei – vier", "gate"], ["<hier>", "gate"]]],
    ["Absätze", "<p>عربي ١٢٣</p>\n<p>日本語 テスト</p>\n\n<blockquote><p>a\u0301&nbsp;b</p></blockquote>",
     [["عربي ١٢٣\n日本語", "fence"], ["テスト", "gate"], ["a\u0301\u00a0b", "people.ann"]]],
]  # fmt: skip


def test_a_project_that_taguette_made_is_imported_with_the_words_of_each_highlight(
    drive: Drive, call: Call, home: Path, tmp_path: Path
) -> None:
    out = tmp_path / "made.sqlite3"
    seen = drive("make", out, given=json.dumps(PAGES))
    status, told, complaint = call("import", out, "--case", "brought")
    assert (status, complaint) == (0, "")
    assert f"at {len(seen)} of {len(seen)} highlighted places" in told and "Not imported\n\n- Nothing." in told
    known = load_evidence(home).case("brought")
    labels = dict(zip(known.own_codes["code_id"], known.own_codes["label"], strict=True))
    titles = dict(zip(known.documents["document_id"], known.documents["title"], strict=True))
    rows = known.statements.merge(known.own_codings, on="statement_id")
    found = {
        # Between paragraphs that Taguette writes without a line end, one is put in.
        (titles[document], text.replace("\n", ""), labels[code])
        for document, text, code in rows[["document_id", "text", "code_id"]].itertuples(index=False)
    }
    expected = {
        (each["document"], each["cut"].replace("\n", ""), each["tags"][0].removeprefix("people.")) for each in seen
    }
    assert found == expected and len(seen) == sum(len(marked) for *_, marked in PAGES)
    for document_id, own in known.statements.merge(known.passages, on="statement_id").groupby("document_id"):
        text = (home / f"data/texts/{document_id}.txt").read_bytes().decode()
        assert [text[int(start) : int(end)] for start, end in own[["start", "end"]].to_numpy()] == own["text"].tolist()

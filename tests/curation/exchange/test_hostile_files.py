"""Files that mean harm, or are damaged: each ends in one sentence, nothing is written, memory stays bounded."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import made_qdpx as made
import openpyxl
import pytest
from compendium.chapters import sources as chapters_sources
from compendium.curation.formats import refi_qda_reader
from compendium.dataset.evidence import load_evidence
from kinds import Call, Refused
from made_qdpx import HEAD, NAMESPACE, Selection, Source, guid

Write = Callable[[Path], object]

CODED = [("Ann", "Fences")]
ENTITIES = '<!ENTITY l0 "lol">' + "".join(
    "".join(["<!ENTITY l", str(n), ' "', f"&l{n - 1};" * 10, '">']) for n in range(1, 12)
)


def text(*selections: Selection, raw: bytes = b"One fence and two gates.", **more: str) -> list[Source]:
    return [Source("Speech", raw, selections, **more)]


def xml(body: str, doctype: str = "") -> Write:
    return lambda path: made.write(path, f'{HEAD}{doctype}<Project {NAMESPACE} name="x">{body}</Project>')


def archive(*entries: tuple[str, bytes]) -> Write:
    sources = text(Selection(0, 3, CODED))
    return lambda path: made.write(path, made.xml(sources), dict(entries), sources)


def sources(*selections: Selection, raw: bytes = b"One fence and two gates.", **more: str) -> Write:
    return lambda path: made.project(path, text(*selections, raw=raw, **more))


def raw(content: bytes) -> Write:
    return lambda path: path.write_bytes(content)


def blanks(name: str, megabytes: int) -> Write:
    """A project file of blanks, packed to a thousandth."""

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file, file.open(name, "w") as stream:
            stream.write(f'{HEAD}<Project {NAMESPACE} name="x">'.encode())
            for _ in range(megabytes):
                stream.write(b" " * 1_000_000)

    return write


def gigabyte(path: Path) -> None:
    """One gigabyte of XML that is not packed, so that it does not look like a bomb; a sparse file."""
    size = 1_000_000_000
    entry = zipfile.ZipInfo("project.qde")
    entry.file_size = entry.compress_size = size
    entry.CRC = entry.header_offset = 0
    with path.open("wb") as stream:
        header = entry.FileHeader()
        stream.write(header)
        stream.write(f'{HEAD}<Project {NAMESPACE} name="x">'.encode())
        for _ in range(160):
            stream.write(b" " * 1_000_000)
        stream.truncate(len(header) + size)
        stream.seek(0, 2)
        with zipfile.ZipFile(io.BytesIO(), "w") as lister:
            lister.filelist.append(entry)
            lister.NameToInfo[entry.filename] = entry
            lister.fp, lister.start_dir = stream, stream.tell()
            lister._didModify = True  # so that it writes the directory


def many(path: Path) -> None:
    """More codes than any project has."""
    codes = "".join(
        f'<Code guid="00000000-0000-0000-0000-{number:012x}" name="{number}" isCodable="true"/>'
        for number in range(600_001)
    )
    made.write(path, f'{HEAD}<Project {NAMESPACE} name="x"><CodeBook><Codes>{codes}</Codes></CodeBook></Project>')


def understated(path: Path) -> None:
    """An archive whose directory says that the project file is small."""
    made.write(path, made.xml(text(Selection(0, 3, CODED))))
    content = bytearray(path.read_bytes())
    place = content.rindex(b"PK\x01\x02")
    content[place + 24 : place + 28] = (10).to_bytes(4, "little")
    path.write_bytes(bytes(content))


def encrypted(path: Path) -> None:
    made.write(path, made.xml(text(Selection(0, 3, CODED))))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x03\x04") + 6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(content))


def link(path: Path) -> None:
    archive()(path)
    with zipfile.ZipFile(path, "a") as file:
        entry = zipfile.ZipInfo("sources/link.txt")
        entry.external_attr = 0o120777 << 16
        file.writestr(entry, "/etc/passwd")


def loop(path: Path) -> None:
    code = f'<Code guid="{guid("Gates")}" name="Gates" isCodable="true">'
    made.write(path, made.xml(tree={"Gates": {}}).replace(code, code + code + "</Code>"))


def twice(path: Path) -> None:
    code = f'<Code guid="{guid("Gates")}" name="Gates" isCodable="true"></Code>'
    made.write(path, made.xml(tree={"Gates": {}}).replace(code, code * 2))


FILES: dict[str, tuple[Write, str]] = {
    "external entity": (
        xml("<Description>&x;</Description>", '<!DOCTYPE Project [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        "DOCTYPE"),
    "external DTD": (xml("", '<!DOCTYPE Project SYSTEM "http://127.0.0.1:9/x.dtd">'), "DOCTYPE"),
    "entity bomb": (xml("<Description>&l11;</Description>", f"<!DOCTYPE Project [{ENTITIES}]>"), "DOCTYPE"),
    "undeclared entity": (xml("<Description>&x;</Description>"), "well-formed"),
    "zip bomb in the project": (blanks("project.qde", 60), "zip bomb"),
    "zip bomb beside the project": (
        lambda path: archive(("sources/bomb.txt", bytes(30_000_000)))(path), "zip bomb"),
    "larger than it says": (understated, "cannot be read"),
    "path out of the archive": (archive(("../../evil.txt", b"x")), "points outside the archive"),
    "absolute path": (archive(("/etc/evil.txt", b"x")), "points outside the archive"),
    "path of Windows": (archive(("..\\evil.txt", b"x")), "points outside the archive"),
    "path with a drive": (archive(("C:/evil.txt", b"x")), "points outside the archive"),
    "link": (link, "is a link"),
    "encrypted": (encrypted, "encrypted"),
    "source out of the archive": (
        sources(Selection(0, 3, CODED), path="relative://../../../../etc/passwd"), "is not in the archive"),
    "text that is not there": (sources(Selection(0, 3, CODED), entry="sources/other.txt"), "is not in the archive"),
    "text in Latin-1": (sources(Selection(0, 3, CODED), raw="Genève bleibt".encode("latin-1")), "not in UTF-8"),
    "text in half of UTF-16": (sources(Selection(0, 3, CODED), raw=b"\xff\xfeO\x00n"), "not in UTF-8"),
    "start below zero": (sources(Selection(-3, 3, CODED)), "startPosition '-3'"),
    "end behind the text": (sources(Selection(0, 4000, CODED)), "from 0 to 4,000"),
    "end before start": (sources(Selection(9, 3, CODED)), "from 9 to 3"),
    "absurd number": (sources(Selection(0, 10**40, CODED)), "endPosition '1000"),
    "no number": (
        lambda path: made.write(path, made.xml(text(Selection(0, 3, CODED))).replace('ion="3"', 'ion="x"')),
        "endPosition 'x'"),
    "code within itself": (loop, "contains a cycle: 'Gates'"),
    "code twice": (twice, "'Gates'"),
    "nested beyond reason": (xml("<Sets>" * 150), "nests more than"),
    "nested beyond all reason": (xml("<Sets>" * 100_000), "nests more than"),
    "XML that ends early": (lambda path: made.write(path, made.xml()[:-20]), "well-formed"),
    "XML in another encoding than it says": (
        lambda path: made.write(path, f'{HEAD}<Project {NAMESPACE} name="Gen'.encode() + b"\xe8ve\"/>"), "well-formed"),
    "another document": (lambda path: made.write(path, f"{HEAD}<html/>"), "not a REFI-QDA project"),
    "no project file": (lambda path: zipfile.ZipFile(path, "w").close(), "no project file"),
    "no archive": (raw(b"GIF89a"), "not a .qdpx archive"),
    "empty file": (raw(b""), "not a .qdpx archive"),
    "cut off": (lambda path: (archive()(path), path.write_bytes(path.read_bytes()[:200])), "not a .qdpx archive"),
}  # fmt: skip


LARGE: dict[str, tuple[Write, str]] = {
    "one gigabyte of XML": (gigabyte, "larger than the limit of 150 MB"),
    "more than half a million codes": (many, "more than 600,000 elements"),
    "entity bomb": FILES["entity bomb"],
}


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_in_one_sentence(name: str, refused: Refused, home: Path, tmp_path: Path) -> None:
    write, told = FILES[name]
    path = tmp_path / "hostile.qdpx"
    write(path)
    refused(path, told)
    assert not list(home.parent.rglob("evil.txt"))


QUICK = {"one gigabyte of XML", "entity bomb"}
MEMORY = """
import sys
from compendium.cli import main
status = main(sys.argv[1:])
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
sys.exit(status)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is asked of Linux")
@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in LARGE]
)
def test_memory_is_bounded(name: str, home: Path, tmp_path: Path, untouched: Callable[[], bool]) -> None:
    write, told = LARGE[name]
    path = tmp_path / "hostile.qdpx"
    write(path)
    command = [sys.executable, "-c", MEMORY, "import", str(path), "--case", "brought"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=home)
    assert done.returncode == 1 and told in done.stderr and untouched(), done.stderr
    assert int(done.stdout.splitlines()[-1]) < 500_000, "kB"


def test_a_file_of_more_elements_than_any_project_has_is_refused(
    call: Call, untouched: Callable[[], bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "in.qdpx"
    sources(Selection(0, 3, CODED))(path)
    monkeypatch.setattr(refi_qda_reader, "MAX_ELEMENTS", 5)
    status, _, complaint = call("import", path, "--case", "brought")
    assert status == 1 and "more than 5 elements" in complaint and untouched()


def test_a_codebook_file_is_read_as_warily(call: Call, untouched: Callable[[], bool], tmp_path: Path) -> None:
    path = tmp_path / "hostile.qdc"
    path.write_text(
        '<!DOCTYPE CodeBook [<!ENTITY x "y">]><CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes/></CodeBook>'
    )
    status, _, complaint = call("import", path, "--case", "brought")
    assert status == 1 and "DOCTYPE" in complaint and untouched()


def test_an_excel_file_that_grows_is_refused(call: Call, untouched: Callable[[], bool], tmp_path: Path) -> None:
    path = tmp_path / "hostile.xlsx"
    openpyxl.Workbook().save(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/bomb.xml", bytes(30_000_000))
    status, _, complaint = call("import", path, "--case", "brought")
    assert status == 1 and "zip bomb" in complaint and untouched()


@pytest.mark.parametrize("case", ["../evil", "Brought", "architecture", "across", "aland", "a-b", ""])
def test_a_name_that_no_new_case_can_have_is_refused(
    case: str, call: Call, untouched: Callable[[], bool], tmp_path: Path
) -> None:
    path = tmp_path / "good.qdpx"
    sources(Selection(0, 3, CODED))(path)
    status, _, complaint = call("import", path, "--case", case)
    assert status == 1 and complaint.count("\n") == 1 and untouched()


def test_names_and_memos_of_a_file_can_bring_no_script_to_a_page(call: Call, home: Path, tmp_path: Path) -> None:

    evil = "<script>alert(1)</script>"
    path = tmp_path / "evil.qdpx"
    own = [Source(evil, evil.encode(), [Selection(0, 8, [(evil, evil)])])]
    made.project(path, own, users=[evil], tree={evil: {}})
    assert call("import", path, "--case", "brought")[0] == 0
    shown = chapters_sources.sources_list(load_evidence(home).case("brought")).data
    assert "script" in shown and "<script" not in shown

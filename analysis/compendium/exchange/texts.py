"""The plain texts of documents, in ``data/texts``: git ignores the folder, for they are not ours to publish."""

from collections.abc import Iterable, Mapping
from pathlib import Path


def load(root: Path, document_ids: Iterable[str]) -> dict[str, str]:
    """Texts by document, of those that have one here."""
    paths = {document_id: _path(root, document_id) for document_id in document_ids}
    return {document_id: path.read_bytes().decode("utf-8") for document_id, path in paths.items() if path.exists()}


def save(root: Path, texts: Mapping[str, str]) -> None:
    """Write texts by document."""
    for document_id, text in texts.items():
        path = _path(root, document_id)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


def _path(root: Path, document_id: str) -> Path:
    return root / "data" / "texts" / f"{document_id}.txt"

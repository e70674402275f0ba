"""The plain texts of documents: git ignores their folder, for they are not ours to publish."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from compendium import holdings
from compendium.exchange import offsets
from compendium.exchange.offsets import Text


def load(root: Path, document_ids: Iterable[str]) -> dict[str, str]:
    """Texts by document, of those that have a plain one here, as positions are counted in them."""
    return {
        document_id: Text.of(offsets.decode(path.read_bytes(), path.name)).plain
        for document_id in document_ids
        for path in holdings.held(root, document_id)
        if path.suffix == ".txt"
    }


def save(root: Path, texts: Mapping[str, bytes]) -> None:
    """Write texts by document, in place of those that are there."""
    for document_id, raw in texts.items():
        (root / holdings.FOLDER).mkdir(exist_ok=True)
        for old in holdings.held(root, document_id):
            old.unlink()
        (root / holdings.FOLDER / f"{document_id}.txt").write_bytes(raw)

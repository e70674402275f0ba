"""All rules of ``data/``: those of the evidence and, where findings are registered, of findings and choices."""

from pathlib import Path

from compendium.dataset import choices, registration
from compendium.dataset.evidence import Evidence, load_evidence
from compendium.errors import DataFault, InvalidData


def check_data(root: Path) -> Evidence:
    """Validate everything; gives the evidence.

    Raises
    ------
    Invalid
        With every fault of the evidence; or, when it has none, every fault of findings, actors, acts and choices.
    """
    known = load_evidence(root)
    faults: list[DataFault] = []
    for load in (
        (registration.load_register, choices.load_choices) if (root / registration.FINDINGS_FILE).exists() else ()
    ):
        try:
            load(root, known)
        except InvalidData as invalid:
            faults += invalid.faults
    if faults:
        raise InvalidData(faults)
    return known

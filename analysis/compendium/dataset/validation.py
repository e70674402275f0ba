"""All rules of ``data/``: those of the evidence and, where findings are registered, of findings and choices."""

from pathlib import Path

from compendium.dataset import choices, evidence, registration
from compendium.dataset.csv_tables import Fault
from compendium.dataset.evidence import Evidence, Invalid


def check(root: Path) -> Evidence:
    """Validate everything; gives the evidence.

    Raises
    ------
    Invalid
        With every fault of the evidence; or, when it has none, every fault of findings, actors, acts and choices.
    """
    known = evidence.load(root)
    faults: list[Fault] = []
    for load in (registration.load, choices.load) if (root / registration.FILE).exists() else ():
        try:
            load(root, known)
        except Invalid as invalid:
            faults += invalid.faults
    if faults:
        raise Invalid(faults)
    return known

"""Check ``data/`` against all its rules: evidence first, then registered findings and choices."""

from pathlib import Path

from compendium.dataset import choices, registration
from compendium.dataset.evidence import Evidence, load_evidence
from compendium.errors import DataFault, InvalidData


def check_data(root: Path) -> Evidence:
    """Check all data of the project and return its evidence.

    Findings and choices are checked if the project has a file of findings.

    Parameters
    ----------
    root : Path
        Folder of the project.

    Returns
    -------
    Evidence

    Raises
    ------
    InvalidData
        With all faults of the evidence; if it has none, with all faults of findings, actors, acts and choices.
    """
    evidence = load_evidence(root)
    if not (root / registration.FINDINGS_FILE).exists():
        return evidence
    faults: list[DataFault] = []
    for load in (registration.load_register, choices.load_choices):
        try:
            load(root, evidence)
        except InvalidData as invalid:
            faults += invalid.faults
    if faults:
        raise InvalidData(faults)
    return evidence

"""What frictionless says of the data package."""

from collections import Counter
from pathlib import Path

from frictionless import Package


def kinds(root: Path) -> Counter[tuple[str, str]]:
    """Errors that frictionless finds, by table and kind."""
    report = Package(str(root / "data/datapackage.json")).validate()
    errors = Counter((task.name, error.type) for task in report.tasks for error in task.errors)
    return errors + Counter(("package", error.type) for error in report.errors)

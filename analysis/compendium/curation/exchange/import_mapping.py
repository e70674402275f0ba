"""The mapping file: where the facts of documents stand in a project, and what its codes and coders are called here."""

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from compendium.curation.formats.errors import ImportRefused

CASE_FACTS = ("title", "short", "destination")
DOCUMENT_FACTS = (
    "title",
    "date",
    "issuer",
    "issuer_side",
    "partnership_ids",
    "kind",
    "role",
    "language",
    "url",
    "coverage",
)
DEFAULT_FACTS = {"issuer_side": "third", "kind": "other", "role": "discourse", "language": "und", "coverage": "full"}
"""What is written where neither the mapping nor a variable says anything; every use of them is reported."""
NOT_STATED = "not stated"
_RULE_KEYS = {"value", "variable", "values"}
_MAPPING_PARTS = ("case", "documents", "names", "codes", "coders", "columns")


@dataclass(frozen=True)
class FactRule:
    """Where a fact comes from: ``value`` for all, or a ``variable`` whose contents ``values`` translates."""

    value: str = ""
    variable: str = ""
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportMapping:
    """A mapping file. Every part may be absent.

    ``case``: title, short and destination. ``documents``: a rule for each fact. ``names``: facts of one document by its
    name. ``codes``: an own code's name to a code of ``data/codebook``. ``coders``: a coder's name to A or B.
    ``columns``: for tables of quotations, which column holds what.
    """

    case: dict[str, str] = field(default_factory=dict)
    documents: dict[str, FactRule] = field(default_factory=dict)
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    coders: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)

    @property
    def document_variables(self) -> tuple[str, ...]:
        """Names of the variables that describe a document: the facts and the variables of the rules."""
        return (*DOCUMENT_FACTS, *(rule.variable for rule in self.documents.values()))

    def fact(self, name: str, document_name: str, variables: AnyMapping[str, list[str]]) -> str:
        """A fact of a document: by its own name, by rule, or from a variable that is called like the fact; else empty.

        Parameters
        ----------
        name : str
            One of :data:`DOCUMENT_FACTS`.
        document_name : str
            The document's name in the project.
        variables : mapping of str to list of str
            Its variables, and the names of its cases and sets under ``case`` and ``set``.
        """
        own = self.names.get(document_name, {})
        if name in own:
            return own[name]
        rule = self.documents.get(name, FactRule(variable=name))
        if rule.value:
            return rule.value
        found = [rule.values.get(value, "" if rule.values else value) for value in variables.get(rule.variable, [])]
        return next((value for value in found if value), "")


def load_import_mapping(path: Path) -> ImportMapping:
    """Read a mapping file.

    Raises
    ------
    Refused
        When it is no YAML, or has a part, fact or form that is not known; the sentence says which there are.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ImportRefused(f"The mapping {path.name} can not be read: {' '.join(str(error).split())}.") from error
    where = f"The mapping {path.name}"
    parts = _parse_mapping(raw, _MAPPING_PARTS, where)
    documents = {
        fact: _parse_rule(rule, f"{where}, documents, {fact}")
        for fact, rule in _parse_mapping(parts.get("documents"), DOCUMENT_FACTS, f"{where}, documents").items()
    }
    names = {
        str(name): _parse_text_mapping(facts, f"{where}, names, {name}", DOCUMENT_FACTS)
        for name, facts in _parse_mapping(parts.get("names"), None, f"{where}, names").items()
    }
    return ImportMapping(
        _parse_text_mapping(parts.get("case"), f"{where}, case", CASE_FACTS),
        documents,
        names,
        **{part: _parse_text_mapping(parts.get(part), f"{where}, {part}") for part in ("codes", "coders", "columns")},
    )


def _parse_rule(raw: Any, location: str) -> FactRule:
    if not isinstance(raw, dict):
        return FactRule(value=str(raw))
    known = _parse_mapping(raw, tuple(sorted(_RULE_KEYS)), location)
    if ("value" in known) == ("variable" in known):
        raise ImportRefused(f"{location}: give either a value for all documents or the name of a variable.")
    values = _parse_text_mapping(known.get("values"), f"{location}, values")
    return FactRule(str(known.get("value", "")), str(known.get("variable", "")), values)


def _parse_text_mapping(raw: Any, location: str, allowed: tuple[str, ...] | None = None) -> dict[str, str]:
    return {str(key): str(value) for key, value in _parse_mapping(raw, allowed, location).items()}


def _parse_mapping(raw: Any, allowed: tuple[str, ...] | None, location: str) -> dict[Any, Any]:
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise ImportRefused(f"{location}: expected lines of the form 'key: value', found {str(raw)[:40]!r}.")
    if allowed is not None and (unknown := [key for key in raw if key not in allowed]):
        raise ImportRefused(f"{location}: {unknown[0]!r} is not known; expected {', '.join(allowed)}.")
    return raw

"""The mapping file of an import: sources of the facts of documents, and names of codes, coders and columns."""

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
"""Values of facts that neither the mapping nor a variable gives; every use is reported."""
NOT_STATED = "not stated"
_RULE_KEYS = {"value", "variable", "values"}
_MAPPING_PARTS = ("case", "documents", "names", "codes", "coders", "columns")


@dataclass(frozen=True)
class FactRule:
    """Source of a fact: a ``value`` for all documents, or a ``variable`` whose values ``values`` translates."""

    value: str = ""
    variable: str = ""
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportMapping:
    """Contents of a mapping file; every part may be empty.

    Parameters
    ----------
    case : dict of str to str
        Title, short title and destination of the case.
    documents : dict of str to FactRule
        A rule per fact.
    names : dict of str to dict of str to str
        Facts of single documents by the name of the document.
    codes : dict of str to str
        Ids of ``data/codebook`` by the name of the project's code.
    coders : dict of str to str
        ``A`` or ``B`` by the name of the coder.
    columns : dict of str to str
        Headers of a quotation table by the content of the column.
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
        """Value of a fact by document name, by rule, or from the variable with the name of the fact; else empty.

        Parameters
        ----------
        name : str
            One of :data:`DOCUMENT_FACTS`.
        document_name : str
            The document's name in the project.
        variables : mapping of str to list of str
            Values of its variables; the names of its cases and sets are under ``case`` and ``set``.
        """
        document_facts = self.names.get(document_name, {})
        if name in document_facts:
            return document_facts[name]
        rule = self.documents.get(name, FactRule(variable=name))
        if rule.value:
            return rule.value
        values = [rule.values.get(value, "" if rule.values else value) for value in variables.get(rule.variable, [])]
        return next((value for value in values if value), "")


def load_import_mapping(path: Path) -> ImportMapping:
    """Read a mapping file.

    Raises
    ------
    ImportRefused
        If it is not YAML, or has an unknown part or fact; the message lists the known ones.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ImportRefused(f"The mapping {path.name} cannot be read: {' '.join(str(error).split())}.") from error
    location = f"The mapping {path.name}"
    parts = _parse_mapping(raw, _MAPPING_PARTS, location)
    documents = {
        fact: _parse_rule(rule, f"{location}, documents, {fact}")
        for fact, rule in _parse_mapping(parts.get("documents"), DOCUMENT_FACTS, f"{location}, documents").items()
    }
    names = {
        str(name): _parse_text_mapping(facts, f"{location}, names, {name}", DOCUMENT_FACTS)
        for name, facts in _parse_mapping(parts.get("names"), None, f"{location}, names").items()
    }
    return ImportMapping(
        _parse_text_mapping(parts.get("case"), f"{location}, case", CASE_FACTS),
        documents,
        names,
        **{
            part: _parse_text_mapping(parts.get(part), f"{location}, {part}") for part in ("codes", "coders", "columns")
        },
    )


def _parse_rule(raw: Any, location: str) -> FactRule:
    if not isinstance(raw, dict):
        return FactRule(value=str(raw))
    rule = _parse_mapping(raw, tuple(sorted(_RULE_KEYS)), location)
    if ("value" in rule) == ("variable" in rule):
        raise ImportRefused(f"{location}: give either a value for all documents or the name of a variable.")
    values = _parse_text_mapping(rule.get("values"), f"{location}, values")
    return FactRule(str(rule.get("value", "")), str(rule.get("variable", "")), values)


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

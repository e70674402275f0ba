"""Analytic choices of ``data/choices.yml``, and universes, which take one option of each choice."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from compendium.dataset.evidence import Evidence
from compendium.errors import DataFault, InvalidData

CHOICES_FILE = "data/choices.yml"
EQUIVALENT = "equivalent"
_OPTION_STATUSES = (EQUIVALENT, "not equivalent", "uncertain")
Universe = Mapping[str, str]
"""Id of an option for each id of a choice."""
KNOWN_OPTIONS: dict[str, tuple[str, ...]] = {
    "coder": ("A", "B", "either", "both"),
    "weight": ("statement", "document", "speaker_side"),
    "practice_weight": ("measure", "source"),
    "undated": ("included", "excluded"),
    "coverage": ("openings_too", "full_only"),
    "remedy_unit": ("coding", "statement"),
    "entropy": ("plain", "corrected"),
    "distance": ("root", "divergence"),
    "openings_among": ("all_measures", "realised_measures"),
    "public_bodies": ("offices", "governments_too"),
    "acting": ("any_role", "lead_only"),
    "destination_side": ("leads", "takes_part"),
    "own_undertakings": ("partner_alone", "partner_or_both"),
    "date_point": ("middle", "first_day", "exact_only"),
    "acts": ("events_and_measures", "events", "measures"),
    "mixed": ("not_binding", "binding"),
    "binding_share": ("of_multilateral", "of_binding"),
    "bilateral": ("included", "excluded"),
}
"""Options that the code implements by name, for each choice without a setting."""
KNOWN_SETTINGS = {
    "period": "until",
    "press": "without_kinds",
    "merged": "merge",
    "implemented": "statuses",
    "left_out": "each",
}
"""Key with which an option configures its choice. Such options may be added, renamed and removed in the file."""


@dataclass(frozen=True)
class Option:
    """An option of a choice, with the reason for it; ``settings`` configures the code."""

    id: str
    why: str
    status: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """A question of the analysis and its options; ``default`` is the id of the option that the book uses."""

    id: str
    question: str
    default: str
    options: tuple[Option, ...]

    @property
    def ids(self) -> list[str]:
        """Ids of the options, in the order of the file."""
        return [option.id for option in self.options]

    def option(self, option_id: str) -> Option:
        """Option with this id.

        Raises
        ------
        KeyError
            If there is none; the message lists the existing ids.
        """
        for option in self.options:
            if option.id == option_id:
                return option
        raise KeyError(f"{self.id} has no option {option_id!r}; it has {', '.join(self.ids)}")


Choices = dict[str, Choice]


def default_universe(choices: Choices, **overrides: str) -> dict[str, str]:
    """Universe of the default options, except where ``overrides`` name another one.

    Parameters
    ----------
    choices : dict of Choice
        From :func:`load_choices`.
    **overrides : str
        Id of an option by id of a choice.

    Returns
    -------
    dict of str
        Id of an option for each choice.

    Raises
    ------
    KeyError
        If a choice or option does not exist; the message lists the existing ones.

    Examples
    --------
    >>> options = tuple(Option(id, "Made up.", EQUIVALENT) for id in ("statement", "document"))
    >>> choices = {"weight": Choice("weight", "What counts equally?", "statement", options)}
    >>> default_universe(choices), default_universe(choices, weight="document")
    ({'weight': 'statement'}, {'weight': 'document'})
    """
    unknown = set(overrides) - set(choices)
    if unknown:
        raise KeyError(f"There is no choice {', '.join(sorted(unknown))}; the choices are {', '.join(choices)}.")
    universe = {choice.id: choice.default for choice in choices.values()} | overrides
    for choice_id, option_id in universe.items():
        choices[choice_id].option(option_id)
    return universe


def load_choices(root: Path, evidence: Evidence) -> Choices:
    """Load and check ``data/choices.yml``.

    An option ``each: partnership`` becomes one option for each partnership of the evidence.

    Parameters
    ----------
    root : Path
        Folder of the project.
    evidence : Evidence
        The evidence, for its codes and partnerships.

    Returns
    -------
    dict of Choice
        By id, in the order of the file.

    Raises
    ------
    InvalidData
        With all faults, each with the line of its choice or option.

    Examples
    --------
    >>> from compendium.dataset.evidence import find_root, load_evidence
    >>> root = find_root(Path(__file__))
    >>> load_choices(root, load_evidence(root))["weight"].ids
    ['statement', 'document', 'speaker_side']
    """
    try:
        node = yaml.compose((root / CHOICES_FILE).read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise InvalidData(
            [DataFault(CHOICES_FILE, line, "", "", f"a list of choices in well-formed YAML; the error is: {error}")]
        ) from error
    if not isinstance(node, yaml.SequenceNode):
        raise InvalidData([DataFault(CHOICES_FILE, 1, "", "", "a list of choices")])
    located = [(item.start_mark.line + 1, _to_python(item)) for item in node.value]
    faults = [fault for line, raw in located for fault in _choice_faults(line, raw)]
    faults += _unknown_codes([raw for _, raw in located], set(evidence.codes["code_id"]))
    faults += _missing_choices([raw for _, raw in located])
    if faults:
        raise InvalidData(sorted(faults))
    partnerships = evidence.partnerships["partnership_id"].tolist()
    return {raw["id"]: _build_choice(raw, partnerships) for _, raw in located}


def _to_python(node: yaml.Node) -> Any:
    """Convert a YAML node to Python objects; each mapping has its line under ``_line``."""
    if isinstance(node, yaml.MappingNode):
        return {_to_python(key): _to_python(value) for key, value in node.value} | {"_line": node.start_mark.line + 1}
    if isinstance(node, yaml.SequenceNode):
        return [_to_python(item) for item in node.value]
    return node.value


def _choice_faults(line: int, raw: Any) -> Iterator[DataFault]:
    """Yield the faults of one choice, as read from the file."""
    if not isinstance(raw, dict) or not {"id", "question", "default", "options"} <= raw.keys():
        yield DataFault(CHOICES_FILE, line, "", _truncate(raw), "a choice with id, question, default and options")
        return
    name = str(raw["id"])
    if name not in KNOWN_OPTIONS and name not in KNOWN_SETTINGS:
        yield DataFault(CHOICES_FILE, line, "id", name, f"one of {', '.join([*KNOWN_OPTIONS, *KNOWN_SETTINGS])}")
        return
    if not str(raw["question"]).strip().endswith("?"):
        yield DataFault(
            CHOICES_FILE, line, "question", str(raw["question"]), "a question that ends with a question mark"
        )
    options = raw["options"] if isinstance(raw["options"], list) else []
    for option in options:
        yield from _option_faults(name, line, option)
    ids = [option.get("id", "") for option in options if isinstance(option, dict)]
    if len(set(ids)) < 2 or len(set(ids)) < len(ids):
        yield DataFault(CHOICES_FILE, line, "options", ", ".join(ids), "at least two options with different ids")
    default = [option for option in options if isinstance(option, dict) and option.get("id") == raw["default"]]
    if not default:
        yield DataFault(CHOICES_FILE, line, "default", str(raw["default"]), f"one of {', '.join(ids)}")
    elif default[0].get("status") != EQUIVALENT:
        expected = f"{EQUIVALENT}, because the other options are measured against the default"
        yield DataFault(CHOICES_FILE, default[0]["_line"], "status", str(default[0].get("status")), expected)


def _option_faults(choice: str, line: int, raw: Any) -> Iterator[DataFault]:
    """Yield the faults of one option of a choice, as read from the file."""
    if not isinstance(raw, dict):
        yield DataFault(CHOICES_FILE, line, "options", _truncate(raw), "options with id, why and status")
        return
    line = raw["_line"]
    if not str(raw.get("why", "")).strip():
        yield DataFault(CHOICES_FILE, line, "why", "", "a reason for the option")
    if raw.get("status") not in _OPTION_STATUSES:
        yield DataFault(
            CHOICES_FILE, line, "status", str(raw.get("status", "")), f"one of {', '.join(_OPTION_STATUSES)}"
        )
    option_ids = KNOWN_OPTIONS.get(choice)
    if option_ids and raw.get("id") not in option_ids:
        yield DataFault(CHOICES_FILE, line, "id", str(raw.get("id", "")), f"one of {', '.join(option_ids)}")
    setting = KNOWN_SETTINGS.get(choice)
    unknown = raw.keys() - {"id", "why", "status", "_line", setting}
    if unknown:
        expected = f"only the keys id, why, status{f' and {setting}' if setting else ''}"
        yield DataFault(CHOICES_FILE, line, ", ".join(sorted(unknown)), "", expected)
    if "id" not in raw and raw.get("each") != "partnership":
        yield DataFault(CHOICES_FILE, line, "id", "", "an id" + (", or each: partnership" if setting == "each" else ""))


def _unknown_codes(raws: list[Any], codes: set[str]) -> Iterator[DataFault]:
    """Yield a fault for each merged code that is not in the codebook."""
    merges = [merge for raw in raws if isinstance(raw, dict) for merge in _merges(raw)]
    for line, merge in merges:
        for code in {*merge, *(code for merged in merge.values() for code in merged)} - codes:
            yield DataFault(CHOICES_FILE, line, "merge", code, "a code of data/codebook")


def _merges(raw: dict[str, Any]) -> Iterator[tuple[int, dict[str, list[str]]]]:
    """Yield the line and the mapping of each option that merges codes."""
    for option in raw.get("options", ()):
        if isinstance(option, dict) and isinstance(option.get("merge"), dict):
            yield option["_line"], _without_line(option["merge"])


def _missing_choices(raws: list[Any]) -> Iterator[DataFault]:
    """Yield a fault for each choice of the code that the file does not have exactly once."""
    ids = [raw.get("id") for raw in raws if isinstance(raw, dict)]
    for name in [*KNOWN_OPTIONS, *KNOWN_SETTINGS]:
        if ids.count(name) != 1:
            yield DataFault(CHOICES_FILE, 1, "id", name, f"this choice once, but found it {ids.count(name)} times")


def _build_choice(raw: dict[str, Any], partnerships: list[str]) -> Choice:
    """Build a choice from its checked mapping."""
    options: list[Option] = []
    for option in raw["options"]:
        ids = partnerships if "each" in option else [option["id"]]
        settings = {key: _without_line(value) for key, value in option.items() if key == KNOWN_SETTINGS.get(raw["id"])}
        options += [Option(id_, " ".join(option["why"].split()), option["status"], settings) for id_ in ids]
    return Choice(raw["id"], raw["question"], raw["default"], tuple(options))


def _without_line(value: Any) -> Any:
    """Remove the line that :func:`_to_python` adds to a mapping."""
    return {key: item for key, item in value.items() if key != "_line"} if isinstance(value, dict) else value


def _truncate(raw: Any) -> str:
    """Text of a value for a message."""
    return str(raw)[:60]

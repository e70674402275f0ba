"""The analytic choices of ``data/choices.yml``, and a universe: one option taken of each."""

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
# What the code can do for each choice: the options it knows by name, or the setting that an option must bring along.
# Options of a choice with a setting may be added, renamed and dropped in the file at will.
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
KNOWN_SETTINGS = {
    "period": "until",
    "press": "without_kinds",
    "merged": "merge",
    "implemented": "statuses",
    "left_out": "each",
}


@dataclass(frozen=True)
class Option:
    """One way to take a choice; ``settings`` is what the code needs to know of it."""

    id: str
    why: str
    status: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """A question of analysis with its options; ``default`` is the id of the option that the book takes."""

    id: str
    question: str
    default: str
    options: tuple[Option, ...]

    @property
    def ids(self) -> list[str]:
        """The ids of the options, the order of the file."""
        return [option.id for option in self.options]

    def option(self, option_id: str) -> Option:
        """The option of this id.

        Raises
        ------
        KeyError
            With the ids that there are.
        """
        for option in self.options:
            if option.id == option_id:
                return option
        raise KeyError(f"{self.id} has no option {option_id!r}; it has {', '.join(self.ids)}")


Choices = dict[str, Choice]


def default_universe(choices: Choices, **overrides: str) -> dict[str, str]:
    """The default option of each choice, but for those that are ``overrides``.

    Raises
    ------
    KeyError
        When there is no such choice or option.
    """
    unknown = set(overrides) - set(choices)
    if unknown:
        raise KeyError(f"no choice {', '.join(sorted(unknown))}; there are {', '.join(choices)}")
    universe = {choice.id: choice.default for choice in choices.values()} | overrides
    for choice_id, option_id in universe.items():
        choices[choice_id].option(option_id)
    return universe


def load_choices(root: Path, evidence: Evidence) -> Choices:
    """Load and check ``data/choices.yml``; an option ``each: partnership`` becomes one for each partnership there is.

    Raises
    ------
    Invalid
        With every fault, and the line of the choice or option that has it.
    """
    try:
        node = yaml.compose((root / CHOICES_FILE).read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise InvalidData(
            [DataFault(CHOICES_FILE, line, "", "", f"a readable list of choices in YAML; {error}")]
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
    """A YAML node as Python objects; each mapping keeps its line under ``_line``."""
    if isinstance(node, yaml.MappingNode):
        return {_to_python(key): _to_python(value) for key, value in node.value} | {"_line": node.start_mark.line + 1}
    if isinstance(node, yaml.SequenceNode):
        return [_to_python(item) for item in node.value]
    return node.value


def _choice_faults(line: int, raw: Any) -> Iterator[DataFault]:
    if not isinstance(raw, dict) or not {"id", "question", "default", "options"} <= raw.keys():
        yield DataFault(CHOICES_FILE, line, "", _truncate(raw), "a choice with id, question, default and options")
        return
    name = str(raw["id"])
    if name not in KNOWN_OPTIONS and name not in KNOWN_SETTINGS:
        yield DataFault(CHOICES_FILE, line, "id", name, f"one of {', '.join([*KNOWN_OPTIONS, *KNOWN_SETTINGS])}")
        return
    if not str(raw["question"]).strip().endswith("?"):
        yield DataFault(CHOICES_FILE, line, "question", str(raw["question"]), "a question, with its mark")
    options = raw["options"] if isinstance(raw["options"], list) else []
    for option in options:
        yield from _option_faults(name, line, option)
    ids = [option.get("id", "") for option in options if isinstance(option, dict)]
    if len(set(ids)) < 2 or len(set(ids)) < len(ids):
        yield DataFault(CHOICES_FILE, line, "options", ", ".join(ids), "two options or more, each id once")
    default = [option for option in options if isinstance(option, dict) and option.get("id") == raw["default"]]
    if not default:
        yield DataFault(CHOICES_FILE, line, "default", str(raw["default"]), f"one of {', '.join(ids)}")
    elif default[0].get("status") != EQUIVALENT:
        expected = f"{EQUIVALENT}: the others are measured against the default"
        yield DataFault(CHOICES_FILE, default[0]["_line"], "status", str(default[0].get("status")), expected)


def _option_faults(choice: str, line: int, raw: Any) -> Iterator[DataFault]:
    if not isinstance(raw, dict):
        yield DataFault(CHOICES_FILE, line, "options", _truncate(raw), "options with id, why and status")
        return
    line = raw["_line"]
    if not str(raw.get("why", "")).strip():
        yield DataFault(CHOICES_FILE, line, "why", "", "how the option can be defended")
    if raw.get("status") not in _OPTION_STATUSES:
        yield DataFault(
            CHOICES_FILE, line, "status", str(raw.get("status", "")), f"one of {', '.join(_OPTION_STATUSES)}"
        )
    known = KNOWN_OPTIONS.get(choice)
    if known and raw.get("id") not in known:
        yield DataFault(CHOICES_FILE, line, "id", str(raw.get("id", "")), f"one of {', '.join(known)}")
    setting = KNOWN_SETTINGS.get(choice)
    surplus = raw.keys() - {"id", "why", "status", "_line", setting}
    if surplus:
        yield DataFault(
            CHOICES_FILE,
            line,
            ", ".join(sorted(surplus)),
            "",
            f"only id, why, status{f' and {setting}' if setting else ''}",
        )
    if "id" not in raw and raw.get("each") != "partnership":
        yield DataFault(CHOICES_FILE, line, "id", "", "an id" + (", or each: partnership" if setting == "each" else ""))


def _unknown_codes(raws: list[Any], codes: set[str]) -> Iterator[DataFault]:
    merges = [merge for raw in raws if isinstance(raw, dict) for merge in _merges(raw)]
    for line, merge in merges:
        for code in {*merge, *(code for own in merge.values() for code in own)} - codes:
            yield DataFault(CHOICES_FILE, line, "merge", code, "a code of data/codebook")


def _merges(raw: dict[str, Any]) -> Iterator[tuple[int, dict[str, list[str]]]]:
    for option in raw.get("options", ()):
        if isinstance(option, dict) and isinstance(option.get("merge"), dict):
            yield option["_line"], _without_line(option["merge"])


def _missing_choices(raws: list[Any]) -> Iterator[DataFault]:
    ids = [raw.get("id") for raw in raws if isinstance(raw, dict)]
    for name in [*KNOWN_OPTIONS, *KNOWN_SETTINGS]:
        if ids.count(name) != 1:
            yield DataFault(CHOICES_FILE, 1, "id", name, f"this choice once; found {ids.count(name)} times")


def _build_choice(raw: dict[str, Any], partnerships: list[str]) -> Choice:
    options: list[Option] = []
    for option in raw["options"]:
        ids = partnerships if "each" in option else [option["id"]]
        settings = {key: _without_line(value) for key, value in option.items() if key == KNOWN_SETTINGS.get(raw["id"])}
        options += [Option(each, " ".join(option["why"].split()), option["status"], settings) for each in ids]
    return Choice(raw["id"], raw["question"], raw["default"], tuple(options))


def _without_line(value: Any) -> Any:
    return {key: item for key, item in value.items() if key != "_line"} if isinstance(value, dict) else value


def _truncate(raw: Any) -> str:
    return str(raw)[:60]

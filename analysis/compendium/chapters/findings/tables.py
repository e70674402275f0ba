"""Tables and lists of the findings as HTML, and the claims as JSON-LD."""

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd
from IPython.display import HTML, display

from compendium.chapters.findings import charts, labels
from compendium.chapters.findings.indicators import IndicatorTables
from compendium.chapters.findings.multiverse import Robustness
from compendium.chapters.findings.verdicts import NOT_TESTABLE, EvaluatedCriterion, Verdict
from compendium.dataset.choices import Choices, Option
from compendium.reporting import tables as reporting_tables
from compendium.reporting.inline_values import NBSP
from compendium.reporting.labels import humanize

_ROBUSTNESS_PAGE, _ROWS_PAGE = "robustness.html", "rows.html"
_MAX_UNITS_LISTED = 3


def findings_table(
    indicator_tables: IndicatorTables, verdicts: Sequence[Verdict], robustness_by_id: Mapping[str, Robustness]
) -> HTML:
    """Table of all findings: claim, verdict, criteria and robustness, each linked to its section.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> findings = pd.DataFrame({"finding_id": ["F01"], "claim": ["All is well."]})
    >>> tables = SimpleNamespace(register=SimpleNamespace(findings=findings))
    >>> html = findings_table(tables, [Verdict("F01", "holds", {"xl": True}, (), ())], {})
    >>> '<a href="#F01">F01</a> All is well.' in html.data
    True
    """
    claims = indicator_tables.register.findings.set_index("finding_id")["claim"]
    rows = [
        {
            "claim": HTML(
                f'<a href="#{verdict.finding_id}">{verdict.finding_id}</a> {escape(claims[verdict.finding_id])}'
            ),
            "verdict": HTML(verdict_badge(verdict.status)),
            "criteria": HTML("<br>".join(_criteria_summaries(verdict))),
            "equivalent": HTML(_holding_share_link(verdict.finding_id, robustness_by_id, "equivalent")),
            "all": HTML(_holding_share_link(verdict.finding_id, robustness_by_id, "all")),
        }
        for verdict in verdicts
    ]
    headings = {"claim": "Claim of the report", "verdict": "Verdict", "criteria": "What decided (must be)"}
    headings |= {"equivalent": "Equivalent universes", "all": "All"}
    table = reporting_tables.html_table(
        pd.DataFrame(rows), headings, "The findings, their verdicts, and how robust they are"
    )
    return HTML(f'<div class="findings">{table.data}</div>')


def verdict_badge(status: str) -> str:
    """A verdict as a symbol with words, so that it does not depend on colour."""
    css_class = f"verdict-{status.replace(' ', '-')}"
    return f'<span class="verdict {css_class}">{labels.VERDICT_SYMBOLS[status]} {labels.VERDICT_LABELS[status]}</span>'


def _verdict_details(verdict: Verdict, unit_labels: Mapping[str, str]) -> str:
    """What a verdict's label says beyond its status."""
    return labels.verdict_label(verdict, unit_labels).removeprefix(labels.VERDICT_LABELS[verdict.status])


def _criteria_summaries(verdict: Verdict) -> Iterator[str]:
    """A line for each kind of criterion: values by unit, or, for many units, how many meet the bound."""
    for description in dict.fromkeys(criterion.description for criterion in verdict.criteria):
        criteria = [criterion for criterion in verdict.criteria if criterion.description == description]
        bounds = {_bound_label(criterion) for criterion in criteria}
        shared_bound = f" ({bounds.pop()})" if len(bounds) == 1 else ""
        if len(criteria) > _MAX_UNITS_LISTED:
            n_passing = sum(criterion.passes is True for criterion in criteria)
            yield f"{n_passing} of {len(criteria)} meet the bound{shared_bound}"
        else:
            summaries = [_criterion_summary(criterion, bool(shared_bound)) for criterion in criteria]
            yield "; ".join(summaries) + shared_bound


def _bound_label(criterion: EvaluatedCriterion) -> str:
    return f"{criterion.relation}{NBSP}{labels.format_value(criterion.bound, criterion.value_format)}"


def _criterion_summary(criterion: EvaluatedCriterion, has_shared_bound: bool) -> str:
    unit = "" if criterion.unit == "all" else f"{escape(criterion.unit.upper())}{NBSP}"
    bound = "" if has_shared_bound else f" ({_bound_label(criterion)})"
    return f"{unit}{labels.format_value(criterion.value, criterion.value_format)}{bound}"


def _holding_share_link(finding_id: str, robustness_by_id: Mapping[str, Robustness], universe_set: str) -> str:
    """The share of equivalent or all universes in which a finding holds, with the counts as the link's title."""
    if finding_id not in robustness_by_id:
        return "–"
    robustness = robustness_by_id[finding_id]
    share, counts = (
        (robustness.holding_share, robustness.equivalent_counts)
        if universe_set == "equivalent"
        else (robustness.holding_share_all, robustness.all_counts)
    )
    url = f"{_ROBUSTNESS_PAGE}#curve-{finding_id.lower()}"
    return f'<a href="{url}" title="{labels.universe_count_label(counts)}">{_percent(share)}</a>'


def _percent(share: float) -> str:
    return "–" if pd.isna(share) else f"{100 * share:.0f}{NBSP}%"


def display_finding(indicator_tables: IndicatorTables, verdict: Verdict, robustness: Robustness | None) -> None:
    """Display the section of a finding: its header, chart, criteria and links to rows.

    Examples
    --------
    >>> from compendium.chapters.findings.indicators import load_indicator_tables
    >>> from compendium.dataset.evidence import find_root
    >>> tables = load_indicator_tables(find_root())
    >>> display_finding(tables, Verdict("F01", "not testable", {}, (), ()), robustness=None)
    <IPython.core.display.HTML object>
    """
    unit_labels = labels.unit_labels(indicator_tables)
    display(finding_header(indicator_tables, verdict, robustness))
    if verdict.criteria:
        title = f"{verdict.finding_id} {labels.verdict_label(verdict, unit_labels)}: each criterion against its bound"
        display(charts.criteria_chart(verdict, unit_labels, title))
        display(
            reporting_tables.collapsible_html(
                criteria_table(verdict, unit_labels), "The criteria in numbers, with intervals"
            )
        )
        display(row_links_list(verdict, unit_labels))


def finding_header(indicator_tables: IndicatorTables, verdict: Verdict, robustness: Robustness | None) -> HTML:
    """The header of a finding's section: claim, verdict and check; collapsed, its reading and evidence."""
    row: Any = indicator_tables.register.findings.set_index("finding_id").loc[verdict.finding_id]
    unit_labels = labels.unit_labels(indicator_tables)
    visible = {
        "Verdict": verdict_badge(verdict.status) + escape(_verdict_details(verdict, unit_labels)),
        "Check, as registered": escape(row["pre_registered_check"]),
        "Robustness": _robustness_sentence(robustness, indicator_tables.choices, unit_labels),
    }
    collapsed = {
        "Reading": escape(row["reading"]),
        "Evidence": f"{escape(row['evidence'])} ({row['type']} claim){_explorer_link(indicator_tables, verdict)}",
    }
    collapsed_html = reporting_tables.collapsible_html(
        HTML(_definition_list(collapsed)), "How the check is read, and on what evidence"
    )
    heading = f'<h2 id="{verdict.finding_id}">{verdict.finding_id}: {escape(row["claim"])}</h2>'
    return HTML(heading + _definition_list(visible) + collapsed_html.data)


def _definition_list(definitions: Mapping[str, str]) -> str:
    return f"<dl>{''.join(f'<dt>{term}</dt><dd>{text}</dd>' for term, text in definitions.items())}</dl>"


def _explorer_link(indicator_tables: IndicatorTables, verdict: Verdict) -> str:
    """Link to the finding's rows in the explorer, which has statements, commitments and measures only."""
    evidence = indicator_tables.evidence
    explorer_ids = {
        *evidence.statements["statement_id"],
        *evidence.commitments["commitment_id"],
        *evidence.measures["measure_id"],
    }
    if explorer_ids.isdisjoint(verdict.row_ids):
        return ""
    return f'; <a href="{reporting_tables.EXPLORER_URL}?finding={verdict.finding_id}">its rows in the explorer</a>'


def _robustness_sentence(robustness: Robustness | None, choices: Choices, unit_labels: Mapping[str, str]) -> str:
    if robustness is None:
        return "nothing of its scope is in the evidence"
    return (
        f"Holds in {labels.universe_count_label(robustness.equivalent_counts)} universes of equivalent options, and in "
        f"{labels.universe_count_label(robustness.all_counts)} of all. "
        f"{escape(labels.overturning_sentence(robustness, choices, unit_labels))} "
        f'<a href="{_ROBUSTNESS_PAGE}#curve-{robustness.finding_id.lower()}">All its universes</a>.'
    )


def criteria_table(verdict: Verdict, unit_labels: Mapping[str, str]) -> HTML:
    """A table for each kind of criterion: value and bound, interval, support, number of rows, and the result."""
    headings = {"where": "Where", "value": "Value (must be)", "interval": "95 % interval"}
    headings |= {"support": "Passes in resamples", "n": "Rests on", "passes": "Passes"}
    tables = []
    for description in dict.fromkeys(criterion.description for criterion in verdict.criteria):
        rows = [
            _criterion_row(criterion, unit_labels)
            for criterion in verdict.criteria
            if criterion.description == description
        ]
        caption = f"{verdict.finding_id}, {description}"
        tables.append(reporting_tables.html_table(pd.DataFrame(rows), headings, caption).data)
    return HTML("".join(tables))


def _criterion_row(criterion: EvaluatedCriterion, unit_labels: Mapping[str, str]) -> dict[str, str]:
    return {
        "where": unit_labels.get(criterion.unit, criterion.unit),
        "value": labels.value_and_bound(criterion),
        "interval": labels.interval_label(criterion),
        "support": _percent(criterion.support),
        "n": f"{criterion.n:,} {criterion.row_kind}",
        "passes": labels.passes_label(criterion),
    }


def row_links_list(verdict: Verdict, unit_labels: Mapping[str, str]) -> HTML:
    """Links from each criterion to its rows: an item for each kind of criterion, a link for each unit."""
    links_by_description: dict[str, list[str]] = {}
    for index, criterion in enumerate(verdict.criteria):
        unit = escape(unit_labels.get(criterion.unit, criterion.unit))
        url = f"{_ROWS_PAGE}#{_rows_anchor(verdict, index)}"
        link = f'<a href="{url}">{unit}{NBSP}({len(criterion.row_ids):,})</a>'
        links_by_description.setdefault(criterion.description, []).append(link)
    items = (
        f"<li>{escape(description)}: {', '.join(links)}</li>" for description, links in links_by_description.items()
    )
    return HTML(f'<div class="rows-behind"><p>Rows behind the criteria:</p><ul>{"".join(items)}</ul></div>')


def _rows_anchor(verdict: Verdict, index: int) -> str:
    return f"rows-{verdict.finding_id.lower()}-{index + 1}"


def finding_rows_list(indicator_tables: IndicatorTables, verdict: Verdict) -> HTML:
    """The rows behind each criterion of a finding, collapsed, with links to statements, measures and sources.

    Examples
    --------
    >>> from compendium.chapters.findings.indicators import load_indicator_tables
    >>> from compendium.dataset.evidence import find_root
    >>> tables = load_indicator_tables(find_root())
    >>> html = finding_rows_list(tables, Verdict("F01", "not testable", {}, (), ()))
    >>> '<a href="findings.html#F01">F01</a>' in html.data
    True
    """
    claims = indicator_tables.register.findings.set_index("finding_id")["claim"]
    unit_labels, row_links = labels.unit_labels(indicator_tables), RowLinks(indicator_tables)
    parts = []
    for index, criterion in enumerate(verdict.criteria):
        unit = escape(unit_labels.get(criterion.unit, criterion.unit))
        n_rows = f"{len(criterion.row_ids):,} {'row' if len(criterion.row_ids) == 1 else 'rows'}"
        summary = f"<b>{unit}</b>: {escape(criterion.description)} <small>{n_rows}</small>"
        parts.append(
            f'<details id="{_rows_anchor(verdict, index)}"><summary>{summary}</summary>'
            f"<ul>{row_links.list_items(criterion.row_ids)}</ul></details>"
        )
    finding_id = verdict.finding_id
    finding_link = f'<a href="findings.html#{finding_id}">{finding_id}</a>'
    heading = f'<h2 id="rows-{finding_id.lower()}">{finding_link}: {escape(claims[finding_id])}</h2>'
    return HTML(f'{heading}<div class="listing">{"".join(parts) or "<p>No row.</p>"}</div>')


class RowLinks:
    """Links from rows of evidence to their places in the book, or, if no page has them, to their public addresses."""

    def __init__(self, indicator_tables: IndicatorTables) -> None:
        evidence = indicator_tables.evidence
        self.documents: dict[str, dict[str, Any]] = _rows_by_id(evidence.documents, "document_id")
        self.statement_documents = evidence.statements.set_index("statement_id")["document_id"].to_dict()
        self.measures = _rows_by_id(evidence.measures, "measure_id")
        self.events = _rows_by_id(evidence.events, "event_id")
        self.commitments = _rows_by_id(evidence.commitments, "commitment_id")
        self.arrangements = _rows_by_id(evidence.arrangements, "arrangement_id")

    def list_items(self, row_ids: Sequence[str]) -> str:
        """List items as HTML: statements grouped by document, then every other row by itself."""
        statements_by_document: dict[str, list[str]] = {}
        for row_id in row_ids:
            if row_id in self.statement_documents:
                statements_by_document.setdefault(self.statement_documents[row_id], []).append(row_id)
        items = [
            self._statement_links(document_id, statement_ids)
            for document_id, statement_ids in sorted(statements_by_document.items())
        ]
        items += [self._row_link(row_id) for row_id in row_ids if row_id not in self.statement_documents]
        return "".join(f"<li>{item}</li>" for item in items)

    def _statement_links(self, document_id: str, statement_ids: Sequence[str]) -> str:
        page = self._page_url(document_id, "sources")
        links = " ".join(
            f'<a href="{page}#{statement_id}">{statement_id.rpartition("-")[2]}</a>' for statement_id in statement_ids
        )
        return f"{escape(document_id)}: {links}"

    def _row_link(self, row_id: str) -> str:
        if row_id in self.documents:
            title = escape(self.documents[row_id]["title"])
            return f'<a href="{self._page_url(row_id, "sources")}#{row_id}">{title}</a>'
        for table, text_column in ((self.measures, "title"), (self.commitments, "paraphrase")):
            if row_id in table:
                page = f"../cases/{table[row_id]['case_id']}/implementation.html"
                return f'<a href="{page}#{row_id}">{row_id}</a> {escape(table[row_id][text_column])}'
        table, text_column = (self.events, "label") if row_id in self.events else (self.arrangements, "name")
        document = self.documents[table[row_id]["document_id"]]
        date = table[row_id].get("date", table[row_id].get("established"))
        return f"{date}: {escape(table[row_id][text_column])} ({reporting_tables.document_link(document)})"

    def _page_url(self, document_id: str, page: str) -> str:
        return f"../cases/{self.documents[document_id]['case_id']}/{page}.html"


def _rows_by_id(frame: pd.DataFrame, id_column: str) -> dict[str, dict[str, Any]]:
    return frame.set_index(id_column, drop=False).to_dict("index")  # type: ignore[return-value]


def robustness_table(indicator_tables: IndicatorTables, robustness_by_id: Mapping[str, Robustness]) -> HTML:
    """Table of verdicts: in which share of the universes each is the same, and what would overturn it.

    Examples
    --------
    >>> from compendium.chapters.findings.indicators import load_indicator_tables
    >>> from compendium.dataset.evidence import find_root
    >>> counts = {"holds": 3, "partly": 0, "fails": 1, "not testable": 0}
    >>> robustness = Robustness("F01", counts, counts, "holds", (), {})
    >>> html = robustness_table(load_indicator_tables(find_root()), {"F01": robustness})
    >>> "No set of choices overturns it: it holds." in html.data
    True
    """
    claims = indicator_tables.register.findings.set_index("finding_id")["claim"]
    unit_labels = labels.unit_labels(indicator_tables)
    rows = [
        {
            "finding": HTML(f'<a href="findings.html#{finding_id}">{finding_id}</a> {escape(claims[finding_id])}'),
            "default": HTML(verdict_badge(robustness.default_status)),
            "words": labels.overturning_sentence(robustness, indicator_tables.choices, unit_labels, top_n=1),
            "equivalent": HTML(_share_link(robustness.same_verdict_share, f"#curve-{finding_id.lower()}")),
            "all": HTML(_share_link(robustness.same_verdict_share_all, f"#curve-{finding_id.lower()}")),
        }
        for finding_id, robustness in robustness_by_id.items()
    ]
    headings = {"finding": "Claim of the report", "default": "Verdict", "words": "What would overturn it"}
    headings |= {"equivalent": "Same verdict, equivalent universes", "all": "Same, all"}
    table = reporting_tables.html_table(pd.DataFrame(rows), headings, "The verdicts, and how steady they are")
    return HTML(f'<div class="findings steady">{table.data}</div>')


def _share_link(share: float, url: str) -> str:
    return _percent(share) if pd.isna(share) else f'<a href="{url}">{_percent(share)}</a>'


def choices_list(choices: Choices) -> HTML:
    """List of all choices with their options, the default first and in bold, with reasons and statuses.

    Examples
    --------
    >>> from compendium.dataset.choices import Choice
    >>> options = (Option("A", "Coder A is trained.", "equivalent"), Option("B", "So is coder B.", "equivalent"))
    >>> html = choices_list({"coder": Choice("coder", "Whose codes count?", "A", options)})
    >>> "<li><b>A</b> (default): Coder A is trained.</li>" in html.data
    True
    """
    parts = []
    for choice in choices.values():
        # Of options with the same reason (each partnership in turn), only the first is listed.
        options = {(option.why, option.status): option for option in reversed(choice.options)}
        items = "".join(_option_item(choice.default, option) for option in reversed(options.values()))
        parts.append(
            f"<details><summary><b>{escape(choice.question)}</b> <small>{humanize(choice.id)}</small></summary>"
            f"<ul>{items}</ul></details>"
        )
    return HTML(f'<div class="listing">{"".join(parts)}</div>')


def _option_item(default_id: str, option: Option) -> str:
    name = "each partnership in turn" if option.settings.get("each") else humanize(option.id)
    default_note = " (default)" if option.id == default_id else ""
    status = "" if option.id == default_id else f" <small>{option.status}</small>"
    return f"<li><b>{escape(name)}</b>{default_note}: {escape(option.why)}{status}</li>"


def schema_org_claims(indicator_tables: IndicatorTables, verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """The findings as schema.org Claims."""
    findings = indicator_tables.register.findings.set_index("finding_id")
    unit_labels = labels.unit_labels(indicator_tables)
    return [
        {
            "@context": "https://schema.org",
            "@type": "Claim",
            "@id": f"#{verdict.finding_id}",
            "identifier": verdict.finding_id,
            "text": findings.loc[verdict.finding_id, "claim"],
            "abstract": findings.loc[verdict.finding_id, "pre_registered_check"],
            "creativeWorkStatus": labels.verdict_label(verdict, unit_labels),
            "isBasedOn": {"@type": "Dataset", "name": "Migration partnerships: coded discourse and implementation"},
        }
        for verdict in verdicts
    ]


def claims_json_ld(indicator_tables: IndicatorTables, verdicts: Sequence[Verdict]) -> HTML:
    """The findings as schema.org Claims in a JSON-LD script element.

    Examples
    --------
    >>> from compendium.chapters.findings.indicators import load_indicator_tables
    >>> from compendium.dataset.evidence import find_root
    >>> html = claims_json_ld(load_indicator_tables(find_root()), [Verdict("F01", "holds", {}, (), ())])
    >>> '"creativeWorkStatus": "holds"' in html.data
    True
    """
    text = json.dumps(schema_org_claims(indicator_tables, verdicts), ensure_ascii=False, indent=1).replace("</", "<\\/")
    return HTML(f'<script type="application/ld+json">{text}</script>')


def simulation_table(status_counts_by_id: Mapping[str, Mapping[str, int]]) -> HTML:
    """Table of the number of simulated codings that give each finding each verdict.

    Examples
    --------
    >>> html = simulation_table({"F01": {"holds": 400, "partly": 90, "fails": 10, "not testable": 0}})
    >>> "Simulations in which it holds" in html.data
    True
    """
    rows = [
        {"finding": HTML(f'<a href="findings.html#{finding_id}">{finding_id}</a>'), **counts}
        for finding_id, counts in status_counts_by_id.items()
    ]
    headings = {"finding": "Finding"}
    for status, label in labels.VERDICT_LABELS.items():
        headings[status] = "Not testable" if status == NOT_TESTABLE else f"Simulations in which it {label}"
    return reporting_tables.html_table(pd.DataFrame(rows), headings, "Findings under simulated codings")

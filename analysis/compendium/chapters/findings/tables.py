"""Findings as HTML: the table of all of them, what is told of each, the rows behind, and what machines read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd
from IPython.display import HTML, display

from compendium.chapters.findings import charts, labels
from compendium.chapters.findings.checks import MIN_N_BY_KIND
from compendium.chapters.findings.indicators import IndicatorTables
from compendium.chapters.findings.multiverse import Robustness
from compendium.chapters.findings.verdicts import EvaluatedCriterion, Verdict
from compendium.dataset.choices import Choices
from compendium.reporting import tables as reporting_tables
from compendium.reporting.inline_values import NBSP
from compendium.reporting.labels import humanize

_ROBUSTNESS_PAGE, _ROWS_PAGE = "robustness.html", "rows.html"
_MAX_UNITS_LISTED = 3


def findings_table(
    indicator_tables: IndicatorTables, verdicts: Sequence[Verdict], robustness_by_id: Mapping[str, Robustness]
) -> HTML:
    """All findings on one screen: claim, verdict, figures and robustness, each leading to its section."""
    claims = indicator_tables.register.findings.set_index("finding_id")["claim"]
    rows = [
        {
            "claim": HTML(f'<a href="#{v.finding_id}">{v.finding_id}</a> {escape(claims[v.finding_id])}'),
            "verdict": HTML(verdict_badge(v.status)),
            "figures": HTML("<br>".join(_criteria_summaries(v))),
            "equivalent": HTML(_holding_share_link(v.finding_id, robustness_by_id, "equivalent")),
            "all": HTML(_holding_share_link(v.finding_id, robustness_by_id, "counts")),
        }
        for v in verdicts
    ]
    headings = {"claim": "Claim of the report", "verdict": "Verdict", "figures": "What decided (must be)"}
    headings |= {"equivalent": "Equivalent universes", "all": "All"}
    table = reporting_tables.html_table(
        pd.DataFrame(rows), headings, "The findings, their verdicts, and how robust they are"
    )
    return HTML(f'<div class="findings">{table.data}</div>')


def verdict_badge(status: str) -> str:
    """A verdict as a sign and a word, so that colour is never alone."""
    kind = status.replace(" ", "-")
    return (
        f'<span class="verdict verdict-{kind}">{labels.VERDICT_SYMBOLS[status]} {labels.VERDICT_LABELS[status]}</span>'
    )


def _verdict_details(verdict: Verdict, unit_labels: Mapping[str, str]) -> str:
    told = labels.verdict_label(verdict, unit_labels)
    return told.removeprefix(labels.VERDICT_LABELS[verdict.status])


def _criteria_summaries(verdict: Verdict) -> Iterator[str]:
    """The figures of a verdict in short, a line for each kind: units by id, or, of many, how many keep the bound."""
    for what in dict.fromkeys(each.description for each in verdict.criteria):
        own = [each for each in verdict.criteria if each.description == what]
        bounds = {f"{each.relation}{NBSP}{labels.format_value(each.bound, each.value_format)}" for each in own}
        shared = f" ({bounds.pop()})" if len(bounds) == 1 else ""
        if len(own) > _MAX_UNITS_LISTED:
            yield f"{sum(each.passes is True for each in own)} of {len(own)} keep the bound{shared}"
        else:
            yield "; ".join(_criterion_summary(each, bool(shared)) for each in own) + shared


def _criterion_summary(criterion: EvaluatedCriterion, has_shared_bound: bool) -> str:
    unit = "" if criterion.unit == "all" else f"{escape(criterion.unit.upper())}{NBSP}"
    bound = (
        ""
        if has_shared_bound
        else f" ({criterion.relation}{NBSP}{labels.format_value(criterion.bound, criterion.value_format)})"
    )
    return f"{unit}{labels.format_value(criterion.value, criterion.value_format)}{bound}"


def _holding_share_link(finding_id: str, robustness_by_id: Mapping[str, Robustness], universe_set: str) -> str:
    """The share of universes in which a finding holds, with the counts for whoever points at it."""
    if finding_id not in robustness_by_id:
        return "–"
    own = robustness_by_id[finding_id]
    share, counts = (
        (own.holding_share, own.equivalent_counts)
        if universe_set == "equivalent"
        else (own.holding_share_all, own.all_counts)
    )
    shown = "–" if share != share else f"{100 * share:.0f}{NBSP}%"
    link = f"{_ROBUSTNESS_PAGE}#curve-{finding_id.lower()}"
    return f'<a href="{link}" title="{labels.universe_count_label(counts)}">{shown}</a>'


def display_finding(indicator_tables: IndicatorTables, verdict: Verdict, robustness: Robustness | None) -> None:
    """The section of a finding: its head, chart, figures and rows."""
    called = labels.unit_labels(indicator_tables)
    display(finding_header(indicator_tables, verdict, robustness))
    if verdict.criteria:
        title = f"{verdict.finding_id} {labels.verdict_label(verdict, called)}: each figure against its bound"
        display(charts.criteria_chart(verdict, called, title))
        display(
            reporting_tables.collapsible_html(criteria_table(verdict, called), "The figures in numbers, with intervals")
        )
        display(row_links_list(verdict, called))


def finding_header(indicator_tables: IndicatorTables, verdict: Verdict, robustness: Robustness | None) -> HTML:
    """The head of a finding's section: claim, verdict, check; folded, its reading and evidence."""
    row: Any = indicator_tables.register.findings.set_index("finding_id").loc[verdict.finding_id]
    called = labels.unit_labels(indicator_tables)
    first = {
        "Verdict": verdict_badge(verdict.status) + escape(_verdict_details(verdict, called)),
        "Check, as registered": escape(row["pre_registered_check"]),
        "Robustness": _robustness_sentence(robustness, indicator_tables.choices, called),
    }
    more = {
        "Reading": escape(row["reading"]),
        "Evidence": f"{escape(row['evidence'])} ({row['type']} claim){_explorer_link(indicator_tables, verdict)}",
    }
    folded = reporting_tables.collapsible_html(
        HTML(_definition_list(more)), "How the check is read, and on what evidence"
    )
    heading = f'<h2 id="{verdict.finding_id}">{verdict.finding_id}: {escape(row["claim"])}</h2>'
    return HTML(heading + _definition_list(first) + folded.data)


def _definition_list(definitions: Mapping[str, str]) -> str:
    return f"<dl>{''.join(f'<dt>{term}</dt><dd>{text}</dd>' for term, text in definitions.items())}</dl>"


def _explorer_link(indicator_tables: IndicatorTables, verdict: Verdict) -> str:
    """The way to the rows of the finding in the explorer, which has statements, commitments and measures."""
    known = indicator_tables.evidence
    there = {*known.statements["statement_id"], *known.commitments["commitment_id"], *known.measures["measure_id"]}
    if there.isdisjoint(verdict.row_ids):
        return ""
    return f'; <a href="{reporting_tables.EXPLORER_URL}?finding={verdict.finding_id}">its rows in the explorer</a>'


def _robustness_sentence(robustness: Robustness | None, choices: Choices, unit_labels: Mapping[str, str]) -> str:
    if robustness is None:
        return "nothing of its scope is in the evidence"
    return (
        f"Holds in {labels.universe_count_label(robustness.equivalent_counts)} universes of equivalent options, and in "
        f"{labels.universe_count_label(robustness.all_counts)} of all. {escape(labels.overturning_sentence(robustness, choices, unit_labels))} "
        f'<a href="{_ROBUSTNESS_PAGE}#curve-{robustness.finding_id.lower()}">All its universes</a>.'
    )


def criteria_table(verdict: Verdict, unit_labels: Mapping[str, str]) -> HTML:
    """The figures of a finding in a table for each kind, with interval, rows, and how many resamples keep the bound."""
    headings = {"where": "Where", "figure": "Value (must be)", "interval": "95 % interval"}
    headings |= {"support": "Kept in resamples", "n": "Rests on", "kept": "Kept"}
    tables = []
    for what in dict.fromkeys(each.description for each in verdict.criteria):
        rows = [_criterion_row(each, unit_labels) for each in verdict.criteria if each.description == what]
        tables.append(reporting_tables.html_table(pd.DataFrame(rows), headings, f"{verdict.finding_id}, {what}").data)
    return HTML("".join(tables))


def _criterion_row(criterion: EvaluatedCriterion, unit_labels: Mapping[str, str]) -> dict[str, str]:
    return {
        "where": unit_labels.get(criterion.unit, criterion.unit),
        "figure": labels.value_and_bound(criterion),
        "interval": labels.interval_label(criterion),
        "support": "–" if criterion.support != criterion.support else f"{100 * criterion.support:.0f}{NBSP}%",
        "n": f"{criterion.n:,} {criterion.row_kind}",
        "kept": labels.passes_label(criterion),
    }


def row_links_list(verdict: Verdict, unit_labels: Mapping[str, str]) -> HTML:
    """The way from each figure to its rows: a line for each kind of figure, a link for each unit."""
    said: dict[str, list[str]] = {}
    for place, each in enumerate(verdict.criteria):
        where = escape(unit_labels.get(each.unit, each.unit))
        link = f'<a href="{_ROWS_PAGE}#{_rows_anchor(verdict, place)}">{where}{NBSP}({len(each.row_ids):,})</a>'
        said.setdefault(each.description, []).append(link)
    lines = (f"<li>{escape(what)}: {', '.join(links)}</li>" for what, links in said.items())
    return HTML(f'<div class="rows-behind"><p>Rows behind the figures:</p><ul>{"".join(lines)}</ul></div>')


def _rows_anchor(verdict: Verdict, index: int) -> str:
    return f"rows-{verdict.finding_id.lower()}-{index + 1}"


def finding_rows_list(indicator_tables: IndicatorTables, verdict: Verdict) -> HTML:
    """The rows behind each figure of a finding, folded: each leads to its statement, measure or source."""
    claims = indicator_tables.register.findings.set_index("finding_id")["claim"]
    called, places = labels.unit_labels(indicator_tables), RowLinks(indicator_tables)
    parts = []
    for place, each in enumerate(verdict.criteria):
        number = f"{len(each.row_ids):,} {'row' if len(each.row_ids) == 1 else 'rows'}"
        heading = (
            f"<b>{escape(called.get(each.unit, each.unit))}</b>: {escape(each.description)} <small>{number}</small>"
        )
        listed = places.list_items(each.row_ids)
        parts.append(
            f'<details id="{_rows_anchor(verdict, place)}"><summary>{heading}</summary><ul>{listed}</ul></details>'
        )
    finding = verdict.finding_id
    back = f'<a href="findings.html#{finding}">{finding}</a>'
    head = f'<h2 id="rows-{finding.lower()}">{back}: {escape(claims[finding])}</h2>'
    return HTML(f'{head}<div class="listing">{"".join(parts) or "<p>No row.</p>"}</div>')


class RowLinks:
    """Where a row of evidence stands in the book, or, when no page has it, at its public address."""

    def __init__(self, indicator_tables: IndicatorTables) -> None:
        known = indicator_tables.evidence
        self.cases = set(known.cases.index)
        self.documents: dict[str, dict[str, Any]] = _rows_by_id(known.documents, "document_id")
        self.statement_documents = known.statements.set_index("statement_id")["document_id"].to_dict()
        self.measures, self.events = _rows_by_id(known.measures, "measure_id"), _rows_by_id(known.events, "event_id")
        self.commitments = _rows_by_id(known.commitments, "commitment_id")
        self.arrangements = _rows_by_id(known.arrangements, "arrangement_id")

    def list_items(self, row_ids: Sequence[str]) -> str:
        """List items: statements gathered by document, everything else by itself."""
        of_documents: dict[str, list[str]] = {}
        for row in row_ids:
            if row in self.statement_documents:
                of_documents.setdefault(self.statement_documents[row], []).append(row)
        said = [self._statement_links(document, own) for document, own in sorted(of_documents.items())]
        other = [self._row_link(row) for row in row_ids if row not in self.statement_documents]
        return "".join(f"<li>{item}</li>" for item in [*said, *other])

    def _statement_links(self, document_id: str, statement_ids: Sequence[str]) -> str:
        page = self._page_url(document_id, "sources")
        links = " ".join(f'<a href="{page}#{row}">{row.rpartition("-")[2]}</a>' for row in statement_ids)
        return f"{escape(document_id)}: {links}"

    def _row_link(self, row_id: str) -> str:
        if row_id in self.documents:
            return (
                f'<a href="{self._page_url(row_id, "sources")}#{row_id}">{escape(self.documents[row_id]["title"])}</a>'
            )
        for table, label in ((self.measures, "title"), (self.commitments, "paraphrase")):
            if row_id in table:
                page = f"../cases/{table[row_id]['case_id']}/implementation.html"
                return f'<a href="{page}#{row_id}">{row_id}</a> {escape(table[row_id][label])}'
        table, label = (self.events, "label") if row_id in self.events else (self.arrangements, "name")
        document = self.documents[table[row_id]["document_id"]]
        date = table[row_id].get("date", table[row_id].get("established"))
        return f"{date}: {escape(table[row_id][label])} ({reporting_tables.document_link(document)})"

    def _page_url(self, document_id: str, page: str) -> str:
        return f"../cases/{self.documents[document_id]['case_id']}/{page}.html"


def _rows_by_id(frame: pd.DataFrame, id_column: str) -> dict[str, dict[str, Any]]:
    return frame.set_index(id_column, drop=False).to_dict("index")  # type: ignore[return-value]


def robustness_table(indicator_tables: IndicatorTables, robustness_by_id: Mapping[str, Robustness]) -> HTML:
    """For each finding its verdict, in which share of the universes it is the same, and what would overturn it."""
    claims = indicator_tables.register.findings.set_index("finding_id")["claim"]
    called = labels.unit_labels(indicator_tables)
    rows = [
        {
            "finding": HTML(f'<a href="findings.html#{finding_id}">{finding_id}</a> {escape(claims[finding_id])}'),
            "default": HTML(verdict_badge(each.default_status)),
            "words": labels.overturning_sentence(each, indicator_tables.choices, called, top_n=1),
            "equivalent": HTML(_share_link(each.same_verdict_share, f"#curve-{finding_id.lower()}")),
            "all": HTML(_share_link(each.same_verdict_share_all, f"#curve-{finding_id.lower()}")),
        }
        for finding_id, each in robustness_by_id.items()
    ]
    headings = {"finding": "Claim of the report", "default": "Verdict", "words": "What would overturn it"}
    headings |= {"equivalent": "Same verdict, equivalent universes", "all": "Same, all"}
    table = reporting_tables.html_table(pd.DataFrame(rows), headings, "The verdicts, and how steady they are")
    return HTML(f'<div class="findings steady">{table.data}</div>')


def _share_link(share: float, url: str) -> str:
    return "–" if share != share else f'<a href="{url}">{100 * share:.0f}{NBSP}%</a>'


def choices_list(choices: Choices) -> HTML:
    """Every choice with its options, why each can be defended, and its status; the default first in bold."""
    parts = []
    for choice in choices.values():
        options = {(option.why, option.status): option for option in reversed(choice.options)}
        items = "".join(_option_item(choice.default, option) for option in reversed(options.values()))
        parts.append(
            f"<details><summary><b>{escape(choice.question)}</b> <small>{humanize(choice.id)}</small></summary>"
            f"<ul>{items}</ul></details>"
        )
    return HTML(f'<div class="listing">{"".join(parts)}</div>')


def _option_item(default_id: str, option: Any) -> str:
    name = "each partnership in turn" if option.settings.get("each") else humanize(option.id)
    shown = f"<b>{escape(name)}</b> (default)" if option.id == default_id else f"<b>{escape(name)}</b>"
    status = "" if option.id == default_id else f" <small>{option.status}</small>"
    return f"<li>{shown}: {escape(option.why)}{status}</li>"


def min_n_sentence() -> str:
    """The least numbers of rows, in a sentence."""
    return ", ".join(f"{number} {kind}" for kind, number in MIN_N_BY_KIND.items())


def schema_org_claims(indicator_tables: IndicatorTables, verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """The findings as schema.org Claims."""
    texts = indicator_tables.register.findings.set_index("finding_id")
    called = labels.unit_labels(indicator_tables)
    return [
        {
            "@context": "https://schema.org",
            "@type": "Claim",
            "@id": f"#{verdict.finding_id}",
            "identifier": verdict.finding_id,
            "text": texts.loc[verdict.finding_id, "claim"],
            "abstract": texts.loc[verdict.finding_id, "pre_registered_check"],
            "creativeWorkStatus": labels.verdict_label(verdict, called),
            "isBasedOn": {"@type": "Dataset", "name": "Migration partnerships: coded discourse and implementation"},
        }
        for verdict in verdicts
    ]


def claims_json_ld(indicator_tables: IndicatorTables, verdicts: Sequence[Verdict]) -> HTML:
    """The same within a page, for machines."""
    text = json.dumps(schema_org_claims(indicator_tables, verdicts), ensure_ascii=False, indent=1).replace("</", "<\\/")
    return HTML(f'<script type="application/ld+json">{text}</script>')


def simulation_table(status_counts_by_id: Mapping[str, Mapping[str, int]]) -> HTML:
    """How each finding on talk fares when the codings are redrawn."""
    rows = [
        {
            "finding": HTML(f'<a href="findings.html#{finding_id}">{finding_id}</a>'),
            **{status: counts[status] for status in counts},
        }
        for finding_id, counts in status_counts_by_id.items()
    ]
    headings = {"finding": "Finding"} | {
        status: f"Redraws in which it {said}"
        for status, said in labels.VERDICT_LABELS.items()
        if status != "not testable"
    }
    return reporting_tables.html_table(
        pd.DataFrame(rows), headings | {"not testable": "Not testable"}, "Findings under redrawn codings"
    )

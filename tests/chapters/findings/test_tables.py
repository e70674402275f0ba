"""What the pages on findings show: every finding with its figures, charts, words, and links that lead to its rows."""

import json
import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from compendium.chapters import implementation, sources
from compendium.chapters.findings import cache, charts, export, indicators, inline_values, labels, tables, verdicts
from compendium.chapters.findings import multiverse as findings_multiverse
from compendium.chapters.findings.indicators import IndicatorTables
from compendium.chapters.findings.multiverse import Multiverse, Robustness
from compendium.chapters.findings.verdicts import Verdict
from compendium.dataset import choices
from compendium.publishing.pipeline import notebooks
from compendium.reporting import altair_output
from compendium.reporting import labels as reporting_labels
from compendium.reporting.inline_values import NBSP

SEED = 20101130


@pytest.fixture(scope="module")
def known(root: Path) -> IndicatorTables:
    return indicators.load_indicator_tables(root)


@pytest.fixture(scope="module")
def found(known: IndicatorTables) -> list[Verdict]:
    return verdicts.evaluate_all_findings(known, choices.default_universe(known.choices), SEED, n_resamples=200)


@pytest.fixture(scope="module")
def multiverses(root: Path, known: IndicatorTables) -> dict[str, Multiverse]:
    return cache.cached_multiverses(root, known, SEED)


@pytest.fixture(scope="module")
def told(multiverses: dict[str, Multiverse]) -> dict[str, Robustness]:
    return {finding_id: findings_multiverse.assess_robustness(each) for finding_id, each in multiverses.items()}


def test_the_table_has_every_finding_and_leads_to_its_section(
    known: IndicatorTables, found: list[Verdict], told: dict[str, Robustness]
) -> None:
    table = tables.findings_table(known, found, told).data
    sections = "".join(tables.finding_header(known, each, told[each.finding_id]).data for each in found)
    for finding_id in known.register.findings["finding_id"]:
        assert f'href="#{finding_id}"' in table
        assert f'<h2 id="{finding_id}">' in sections
        assert f'href="robustness.html#curve-{finding_id.lower()}"' in table


def test_a_section_has_the_registered_check_and_its_reading(
    known: IndicatorTables, found: list[Verdict], told: dict[str, Robustness]
) -> None:
    for each, row in zip(found, known.register.findings.itertuples(), strict=True):
        text = tables.finding_header(known, each, told[each.finding_id]).data
        plain = re.sub("<[^>]+>", "", text).replace("&lt;", "<").replace("&#x27;", "'")
        assert row.pre_registered_check in plain and row.reading in plain and row.claim in plain


def test_every_row_leads_to_its_place_in_the_book_or_to_its_source(
    known: IndicatorTables, found: list[Verdict]
) -> None:
    """From a figure to its rows, to the statement or measure, to the public address: three clicks."""
    anchors = {}
    for case in known.evidence.cases.index:
        own = known.evidence.case(case)
        done = (
            implementation.measures_by_area_list(own.measures, own).data
            + implementation.commitments_by_area_list(own.commitments, own).data
        )
        anchors[f"../cases/{case}/sources.html"] = set(re.findall(r"id=[\"']([^\"']+)", sources.sources_list(own).data))
        anchors[f"../cases/{case}/implementation.html"] = set(re.findall(r"id=[\"']([^\"']+)", done))
    for each in found:
        shown = tables.finding_rows_list(known, each).data
        ways = set(re.findall(r'href="rows.html#([^"]+)"', tables.row_links_list(each, labels.unit_labels(known)).data))
        assert ways == set(re.findall(r'<details id="([^"]+)"', shown)) and len(ways) == len(each.criteria)
        links = re.findall(r'href="([^"]+)"', shown.partition("</h2>")[2])
        assert len(links) == sum(len(figure.row_ids) for figure in each.criteria)
        for link in links:
            if not link.startswith("http"):
                page, _, anchor = link.partition("#")
                assert anchor in anchors[page], link


def test_every_finding_has_its_charts(
    known: IndicatorTables, found: list[Verdict], multiverses: dict[str, Multiverse], told: dict[str, Robustness]
) -> None:
    called = labels.unit_labels(known)
    for each in found:
        curve = charts.specification_curve_chart(
            multiverses[each.finding_id], told[each.finding_id], called, "Made for a test"
        )
        for chart in (charts.criteria_chart(each, called, "Made for a test"), curve):
            bundle = altair_output.render_chart(chart.to_dict())
            assert bundle["image/svg+xml"].startswith("<svg")


def test_a_curve_shows_the_default_and_stands_in_order(
    known: IndicatorTables, multiverses: dict[str, Multiverse], told: dict[str, Robustness]
) -> None:
    called = labels.unit_labels(known)
    order = ["not testable", "fails", "holds in part", "holds"]
    for finding_id, multiverse in multiverses.items():
        spec = charts.specification_curve_chart(multiverse, told[finding_id], called, "Made for a test").to_dict()
        rows = next(data for data in spec["datasets"].values() if data and "universe" in data[0])
        verdicts_ = [order.index(row["verdict"]) for row in rows]
        assert verdicts_ == sorted(verdicts_)
        if told[finding_id].default_status != "not testable":
            assert [row["universe"] for row in rows].count("the default") == 1


def test_what_overturns_a_finding_is_said(known: IndicatorTables, told: dict[str, Robustness]) -> None:
    called = labels.unit_labels(known)
    for each in told.values():
        text = labels.overturning_sentence(each, known.choices, called)
        assert text.startswith("No set of choices" if not each.overturning_choices else "It ")
        for choice_id, option_id in each.overturning_choices[0].items() if each.overturning_choices else ():
            assert (
                f"{reporting_labels.humanize(choice_id)}: {called.get(option_id, reporting_labels.humanize(option_id))}"
                in text
            )


def test_the_numbers_of_prose_count_the_verdicts(
    known: IndicatorTables, found: list[Verdict], told: dict[str, Robustness]
) -> None:
    numbers = inline_values.findings_values(known, found, told)
    assert sum(numbers[name].value for name in ("holds", "partly", "fails", "not_testable")) == len(found)
    for each in found:
        assert numbers[each.finding_id].text.startswith(labels.VERDICT_LABELS[each.status])


def test_the_page_on_robustness_says_first_how_steady_each_verdict_is(
    known: IndicatorTables, multiverses: dict[str, Multiverse], told: dict[str, Robustness]
) -> None:
    shown = tables.robustness_table(known, told).data
    for row, (finding_id, each) in zip(shown.split("<tr>")[2:], told.items(), strict=True):
        code, equivalent = multiverses[finding_id].status_codes, multiverses[finding_id].equivalent_mask
        own = [verdicts.VERDICT_STATUSES[int(at)] for at in code[equivalent]]
        defined = [status for status in own if status != "not testable"]
        assert labels.VERDICT_LABELS[each.default_status] in row
        if each.default_status == "not testable":
            assert "%" not in row
        else:
            share = f"{100 * defined.count(each.default_status) / len(defined):.0f}{NBSP}%"
            assert f'<a href="#curve-{finding_id.lower()}">{share}</a>' in row


def test_machines_read_the_claims(known: IndicatorTables, found: list[Verdict]) -> None:
    text = tables.claims_json_ld(known, found).data
    claims = json.loads(text.removeprefix('<script type="application/ld+json">').removesuffix("</script>"))
    assert [claim["identifier"] for claim in claims] == known.register.findings["finding_id"].tolist()
    assert all(claim["@type"] == "Claim" and claim["text"] and claim["creativeWorkStatus"] for claim in claims)


def test_templates_start_from_the_declared_defaults(root: Path, known: IndicatorTables) -> None:
    template = root / "analysis/notebooks/across/findings.ipynb"
    for name, parameter in notebooks.declared_parameters(template).items():
        if name in known.choices:
            assert parameter.default == known.choices[name].default
            assert set(parameter.choices) <= set(known.choices[name].ids)
    assert all(not cell.get("outputs") for cell in nbformat.read(template, 4).cells)


def test_exports_hold_every_figure_and_every_universe(
    known: IndicatorTables, found: list[Verdict], multiverses: dict[str, Multiverse], told: dict[str, Robustness]
) -> None:
    figures = export.findings_frame(known, found, told)
    assert len(figures) == sum(len(each.criteria) for each in found)
    universes = export.universes_frame(multiverses)
    assert len(universes) == sum(each.status_codes.size for each in multiverses.values())
    assert universes["finding_id"].nunique() == len(multiverses)


def test_published_universes_are_those_of_today(root: Path, multiverses: dict[str, Multiverse]) -> None:
    published = pd.read_parquet(root / "results/universes.parquet")
    today = export.universes_frame(multiverses)
    pd.testing.assert_frame_equal(published.where(published.notna()), today.where(today.notna()), check_dtype=False)


def test_published_findings_are_those_of_today(root: Path, found: list[Verdict]) -> None:
    """``results/`` is a record: it may differ from the evidence only until it is made again."""
    published = pd.read_csv(root / "results/findings.csv", dtype={"kept": str}, keep_default_na=False)
    today = [(v.finding_id, v.status, each.unit, each.value) for v in found for each in v.criteria]
    assert list(zip(published["finding_id"], published["verdict"], published["unit"], strict=True)) == [
        each[:3] for each in today
    ]
    for text, each in zip(published["value"], today, strict=True):
        assert text == "" or float(text) == pytest.approx(each[3])

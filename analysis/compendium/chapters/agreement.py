"""Agreement between coders: alpha of each code and of whole code sets, and the most disputed statements."""

import numpy as np
import pandas as pd
from IPython.display import HTML

from compendium.dataset.evidence import Evidence
from compendium.dataset.vocabulary import ARCHITECTURE
from compendium.reporting.inline_values import InlineValues, Number, number_from_row
from compendium.reporting.labels import code_labels, humanize
from compendium.reporting.tables import document_link, html_table
from compendium.stats import agreement


def agreement_values(alphas: pd.DataFrame, alphas_of_sets: pd.DataFrame) -> InlineValues:
    """What the page on agreement says of all codes and all statements."""
    whole = alphas_of_sets.iloc[-1]
    return {
        "alpha_overall": number_from_row(
            whole, "value", "alpha of whole sets of codes, MASI distance", int(whole["n"])
        ),
        "same_share": Number(whole["same"], "statements with exactly the same codes", "share", int(whole["n"])),
        "codes": Number(len(alphas), "codes in the codebook"),
        "alpha_low_codes": Number((alphas["value"] < 0.8).sum(), "codes with an alpha below 0.80"),
        "alpha_very_low_codes": Number((alphas["value"] < 0.667).sum(), "codes with an alpha below 0.667"),
    }


ALPHA_NOTE = (
    "Dashed lines: 0.667 and 0.8, customary marks for tentative and for firm conclusions. Lines are 95 % intervals "
    "over documents; codes that are rarely given have long ones."
)


def code_alphas(evidence: Evidence, seed: int) -> pd.DataFrame:
    """Alpha of each code, ``label``, ``group`` (kind of code) and ``value``; see :func:`agreement.alpha_by_code`."""
    codes = evidence.codes
    names = codes["code_id"].tolist()
    statements = agreement.read_by_all(evidence.codings, evidence.statements)
    marked = agreement.code_matrices_by_coder(evidence.codings, statements, names)
    found = agreement.alpha_by_code(marked, names, statements["document_id"], seed)
    known = codes.set_index("code_id")
    kinds = {"frame": "frames", "area": "policy areas"}
    return found.assign(
        label=found["code_id"].map(known["label"]),
        group=found["code_id"].map(known["kind"]).map(kinds),
        value=found["alpha"],
    )


def code_alphas_by_case(evidence: Evidence, seed: int) -> pd.DataFrame:
    """Alpha of each code in each case (``case``); codes that no coder gave there fall away."""
    found = [
        code_alphas(evidence.case(str(case_id)), seed).assign(case=short)
        for case_id, short in evidence.cases["short"].items()
    ]
    return pd.concat(found, ignore_index=True).dropna(subset=["value"]).reset_index(drop=True)


def set_alphas(evidence: Evidence, seed: int) -> pd.DataFrame:
    """Alpha of whole sets of codes, in each case and, last, overall; ``same``: share of statements with equal sets."""
    parts = [(short, evidence.case(str(case_id))) for case_id, short in evidence.cases["short"].items()]
    codes = evidence.codes["code_id"].tolist()
    rows = []
    for label, part in [*parts, ("Wider architecture", evidence.case(ARCHITECTURE)), ("All statements", evidence)]:
        statements = agreement.read_by_all(part.codings, part.statements)
        marked = agreement.code_matrices_by_coder(part.codings, statements, codes)
        value, low, high = agreement.code_set_alpha(marked, statements["document_id"], seed)
        same = float((marked.all(axis=0) == marked.any(axis=0)).all(axis=1).mean()) if marked.size else np.nan
        rows.append((label, "all", value, low, high, same, marked.shape[1]))
    return pd.DataFrame(rows, columns=["label", "group", "value", "low", "high", "same", "n"])


def disputed_statements_table(evidence: Evidence, top_n: int) -> HTML:
    """The statements on which the coders differ most: what is disputed, what all gave, and the statement."""
    names = code_labels(evidence.codes)
    statements = agreement.read_by_all(evidence.codings, evidence.statements)
    marked = agreement.code_matrices_by_coder(evidence.codings, statements, list(names))
    found = (
        agreement.disputed_statements(marked, statements, list(names)).head(top_n).merge(statements, on="statement_id")
    )
    documents = evidence.documents.set_index("document_id", drop=False).to_dict("index")

    def words(codes: tuple[str, ...]) -> str:
        return ", ".join(names[code] for code in codes) or "none"

    shown = found.assign(
        disputed=found["disputed"].map(words),
        agreed=found["agreed"].map(words),
        source=found["document_id"].map(lambda document: HTML(document_link(documents[document]))),
    )
    headings = {"text": "Statement", "disputed": "Given by some", "agreed": "Given by all", "source": "Document"}
    return html_table(shown, headings, "The statements with most codes in dispute")


def open_questions_table(evidence: Evidence) -> HTML:
    """The open questions of the codebook, with what the coders did."""
    names = code_labels(evidence.codes)
    shown = evidence.questions.assign(
        codes=evidence.questions["code_ids"].map(
            lambda codes: ", ".join(names.get(code, humanize(code)) for code in codes)
        )
    )
    return html_table(
        shown, {"codes": "Code", "question": "Question", "ruling": "What the coders did"}, "Open questions"
    )

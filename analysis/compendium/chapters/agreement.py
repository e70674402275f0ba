"""Agreement between coders: alpha of each code and of code sets, and the most disputed statements."""

import numpy as np
import pandas as pd
from IPython.display import HTML

from compendium.dataset.evidence import Evidence
from compendium.dataset.vocabulary import ARCHITECTURE
from compendium.reporting.inline_values import InlineValues, Number, number_from_row
from compendium.reporting.labels import code_labels, humanize
from compendium.reporting.tables import document_link, html_table
from compendium.stats import agreement

ALPHA_NOTE = (
    "Dashed lines: 0.667 and 0.8, customary marks for tentative and for firm conclusions. Lines are 95 % intervals "
    "over documents; codes that are rarely given have long ones."
)


def code_alphas(evidence: Evidence, seed: int) -> pd.DataFrame:
    """Compute Krippendorff's alpha of each code over the statements that all coders have read.

    Returns
    -------
    DataFrame
        The columns of :func:`compendium.stats.agreement.alpha_by_code`, ``label``, ``group`` (frames or policy areas)
        and ``value`` (alpha).
    """
    code_ids = evidence.codes["code_id"].tolist()
    statements = agreement.read_by_all(evidence.codings, evidence.statements)
    matrices = agreement.code_matrices_by_coder(evidence.codings, statements, code_ids)
    alphas = agreement.alpha_by_code(matrices, code_ids, statements["document_id"], seed)
    codebook = evidence.codes.set_index("code_id")
    group_names = {"frame": "frames", "area": "policy areas"}
    return alphas.assign(
        label=alphas["code_id"].map(codebook["label"]),
        group=alphas["code_id"].map(codebook["kind"]).map(group_names),
        value=alphas["alpha"],
    )


def code_alphas_by_case(evidence: Evidence, seed: int) -> pd.DataFrame:
    """Compute the alpha of each code in each ``case``; codes that no coder gave in a case are left out."""
    alphas = [
        code_alphas(evidence.case(str(case_id)), seed).assign(case=short)
        for case_id, short in evidence.cases["short"].items()
    ]
    return pd.concat(alphas, ignore_index=True).dropna(subset=["value"]).reset_index(drop=True)


def set_alphas(evidence: Evidence, seed: int) -> pd.DataFrame:
    """Compute the alpha of code sets (MASI distance) in each case, in the architecture, and over all statements.

    Returns
    -------
    DataFrame
        ``label``, ``group``, ``value``, ``low``, ``high``, ``same`` (share of statements with equal sets), ``n``; the
        last row is that of all statements.
    """
    parts = [(short, evidence.case(str(case_id))) for case_id, short in evidence.cases["short"].items()]
    codes = evidence.codes["code_id"].tolist()
    rows = []
    for label, part in [*parts, ("Wider architecture", evidence.case(ARCHITECTURE)), ("All statements", evidence)]:
        statements = agreement.read_by_all(part.codings, part.statements)
        matrices = agreement.code_matrices_by_coder(part.codings, statements, codes)
        value, low, high = agreement.code_set_alpha(matrices, statements["document_id"], seed)
        same = float((matrices.all(axis=0) == matrices.any(axis=0)).all(axis=1).mean()) if matrices.size else np.nan
        rows.append((label, "all", value, low, high, same, matrices.shape[1]))
    return pd.DataFrame(rows, columns=["label", "group", "value", "low", "high", "same", "n"])


def disputed_statements_table(evidence: Evidence, top_n: int) -> HTML:
    """List the ``top_n`` statements on which the coders differ most, with the codes given by some and by all."""
    labels = code_labels(evidence.codes)
    statements = agreement.read_by_all(evidence.codings, evidence.statements)
    matrices = agreement.code_matrices_by_coder(evidence.codings, statements, list(labels))
    disputed = agreement.disputed_statements(matrices, statements, list(labels)).head(top_n)
    rows = disputed.merge(statements, on="statement_id")
    documents = evidence.documents.set_index("document_id", drop=False).to_dict("index")

    def label_list(codes: tuple[str, ...]) -> str:
        return ", ".join(labels[code] for code in codes) or "none"

    rows = rows.assign(
        disputed=rows["disputed"].map(label_list),
        agreed=rows["agreed"].map(label_list),
        source=rows["document_id"].map(lambda document: HTML(document_link(documents[document]))),
    )
    headings = {"text": "Statement", "disputed": "Given by some", "agreed": "Given by all", "source": "Document"}
    return html_table(rows, headings, "The statements with most codes in dispute")


def open_questions_table(evidence: Evidence) -> HTML:
    """List the open questions of the codebook and what the coders did."""
    labels = code_labels(evidence.codes)
    rows = evidence.questions.assign(
        codes=evidence.questions["code_ids"].map(
            lambda codes: ", ".join(labels.get(code, humanize(code)) for code in codes)
        )
    )
    return html_table(
        rows, {"codes": "Code", "question": "Question", "ruling": "What the coders did"}, "Open questions"
    )


def agreement_values(alphas: pd.DataFrame, alphas_of_sets: pd.DataFrame) -> InlineValues:
    """Numbers on all codes and all statements.

    Parameters
    ----------
    alphas, alphas_of_sets : DataFrame
        From :func:`code_alphas` and :func:`set_alphas`.

    Examples
    --------
    >>> sets = pd.DataFrame({"value": [0.8], "low": [0.7], "high": [0.9], "same": [0.6], "n": [40]})
    >>> agreement_values(pd.DataFrame({"value": [0.9, 0.75]}), sets)["alpha_low_codes"].text
    '1'
    """
    all_statements = alphas_of_sets.iloc[-1]
    return {
        "alpha_overall": number_from_row(
            all_statements, "value", "alpha of whole sets of codes, MASI distance", int(all_statements["n"])
        ),
        "same_share": Number(
            all_statements["same"], "statements with exactly the same codes", "share", int(all_statements["n"])
        ),
        "codes": Number(len(alphas), "codes in the codebook"),
        "alpha_low_codes": Number((alphas["value"] < 0.8).sum(), "codes with an alpha below 0.80"),
        "alpha_very_low_codes": Number((alphas["value"] < 0.667).sum(), "codes with an alpha below 0.667"),
    }

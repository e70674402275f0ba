"""Values of the columns that the chapter computes: lanes, positions to the signature, acts, states of an area."""

LANES = ("events", "talk", "commitments", "practice")
BEFORE_SIGNATURE, WITH_SIGNATURE, AFTER_SIGNATURE = "before", "with", "after"
ACT_SIGNED, ACT_IN_FORCE, ACT_MEASURE_STARTS = "signed", "in force", "measure starts"
ACT_ORDER = (ACT_SIGNED, ACT_IN_FORCE, ACT_MEASURE_STARTS)
TWO_SIDES, MEMBER_STATE = "the two sides", "a member state"
AGREEMENT_AREAS = ("readmission_return", "visa_facilitation")

NEVER_NAMED = "neither promised nor named"
DONE_BEFORE_SIGNATURE = "done before the signature"
DONE_UNDATED = "done, at an unknown date"
NAMED_UNDATED = "named, at an unknown date"
DONE_BEFORE_NAMED = "done before it was named"
DONE_AFTER_NAMED = "done after it was named"
NOT_DONE = "nothing done"
LAG_STATES = (
    DONE_BEFORE_SIGNATURE,
    DONE_BEFORE_NAMED,
    DONE_AFTER_NAMED,
    NOT_DONE,
    DONE_UNDATED,
    NAMED_UNDATED,
    NEVER_NAMED,
)
AT_RISK_STATES = (DONE_AFTER_NAMED, NOT_DONE)

"""Where the embedded coordinator is not like DTM on purpose: each with its reason, and expectations for either kind."""

from dtm_client.testing.conformance.scenario import Difference

CLEAR_REFUSAL = Difference(
    "clear refusal",
    "DTM answers a malformed request with a panic's text or stores what it can never run; here it is INVALID_ARGUMENT",
)
ONE_RUNNER = Difference(
    "one runner a transaction",
    "DTM runs the branches of a repeated request again beside the first; here a repeat joins the run that is on",
)
ALL_AT_ONCE = Difference(
    "due transactions run at once",
    "DTM's scheduler takes one due transaction after the other, so a slow branch holds up all; here each has its timer",
)
CAPPED_BACKOFF = Difference(
    "capped backoff",
    "DTM doubles the interval after each error without end; here it stops growing: a mended branch is soon found",
)
STORED_FIRST = Difference(
    "what was stored first holds",
    "DTM runs a prepared transaction by its Submit's mode and options, and on SQL stores the repeats by those of its"
    " Prepare; here it keeps its own",
)

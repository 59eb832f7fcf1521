"""The metadata that a branch call carries (measured on DTM 1.19.0)."""

GID = "dtm-gid"
TRANS_TYPE = "dtm-trans_type"
BRANCH_ID = "dtm-branch_id"
OPERATION = "dtm-op"
# The manager's address when a client calls a try; empty when the manager itself calls.
MANAGER = "dtm-dtm"

PREFIX = "dtm-"

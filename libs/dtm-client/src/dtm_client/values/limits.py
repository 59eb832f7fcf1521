"""Sizes and alphabets that every store of DTM can hold (DTM 1.19, the narrowest of its SQL schemas)."""

GID_LENGTH = 128
URL_LENGTH = 1024
OPTIONS_LENGTH = 1024
CUSTOM_DATA_LENGTH = 1024
REASON_BYTES = 1000
# DTM keeps a branch's reason together with the branch's URL in the same column.
BRANCH_REASON_BYTES = 700
PAYLOAD_BYTES = 65_535

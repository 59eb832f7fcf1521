"""Sizes that hold on every listener."""

# The largest request that the rules of the proto files allow takes a tenth of it.
REQUEST_BYTES = 128 * 1024
# Beyond this, only the first fault of a request is looked for: a client's message is not to cost more than it is worth.
EXPLAINED_BYTES = 16 * 1024
# Trailers beyond 8 KiB may be refused by the other side (gRPC's soft limit); percent-encoding and base64 come on top.
MESSAGE_BYTES = 512
DETAILS_BYTES = 2048

"""JSON lines in the form of the Elastic Common Schema, on stderr, for structlog and the standard library alike."""

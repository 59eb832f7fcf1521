"""What tests of a DTM client need: a real server on loopback, faults, and the conformance scenarios."""

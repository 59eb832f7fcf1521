"""The conformance suite: DTM's protocol as scenarios, which run against any server that claims to speak it."""

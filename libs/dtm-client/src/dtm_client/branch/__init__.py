"""The branch side: what a service that DTM calls needs to know, and how it answers."""

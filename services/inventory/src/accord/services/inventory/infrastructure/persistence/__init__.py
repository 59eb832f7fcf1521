"""The repositories over SQL, and the schema they need."""

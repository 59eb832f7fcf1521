"""The order service: takes orders, places each in one global transaction, and remembers how it ended."""

"""The client for threads: the same conversations over a blocking channel."""

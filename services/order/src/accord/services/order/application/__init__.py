"""One use case a file, each over exactly the ports it needs."""

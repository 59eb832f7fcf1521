"""One file a command group; each command parses, calls, prints."""

"""The whole system as child processes of this command."""

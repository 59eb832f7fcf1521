"""Parts of a simulation: the coordinator's machine and runner, played by hand or in virtual time."""

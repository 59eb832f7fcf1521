"""The ports of Accord: what the services need of the world outside, as protocols and frozen values."""

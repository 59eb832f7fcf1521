"""Ports within one process."""

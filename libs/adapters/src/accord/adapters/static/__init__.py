"""Addresses that do not change while a process lives."""

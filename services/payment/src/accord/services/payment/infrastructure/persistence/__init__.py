"""Payments in SQL."""

"""What customers, operators and the transaction manager call."""

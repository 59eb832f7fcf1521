"""What shops, operators, the audit and the transaction manager call."""

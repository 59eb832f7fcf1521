"""What clients, the transaction manager, the audit and the provider call."""

"""What a global transaction is: frozen values, no I/O."""

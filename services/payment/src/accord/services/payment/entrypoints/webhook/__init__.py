"""Where the provider tells us what became of a payment, over HTTP."""

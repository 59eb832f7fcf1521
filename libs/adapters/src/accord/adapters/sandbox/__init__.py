"""A payment provider to develop against: its client behind the `PaymentProvider` port, and the provider itself."""

"""Where the messages of the payment service go."""

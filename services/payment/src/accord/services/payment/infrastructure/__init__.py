"""The technology behind the payment service's own ports."""

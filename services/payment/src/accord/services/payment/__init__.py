"""The payment service: its rows decide what is paid, and messages tell the others."""

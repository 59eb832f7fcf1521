"""How this service meets the world outside."""

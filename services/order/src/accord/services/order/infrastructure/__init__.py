"""How the order service keeps its rows and reaches the other services."""

"""How a client reaches the fake."""

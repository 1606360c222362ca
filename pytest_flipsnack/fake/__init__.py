"""How Flipsnack answers: a request in, a reply out. No I/O, no pytest, no clock of its own."""

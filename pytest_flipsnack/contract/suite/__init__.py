"""The suite that a class of a client's calls becomes: what is declared, tried and judged."""

"""Handling rules, and how a client kept them: expectations and findings."""

"""What `plugin.py` is made of: pytest's options, marks and hooks, translated to the rooms."""

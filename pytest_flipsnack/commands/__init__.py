"""The commands of the console script that are more than a line."""

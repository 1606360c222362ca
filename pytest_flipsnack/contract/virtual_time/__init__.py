"""Virtual time: sleeping moves a clock, and no test waits."""

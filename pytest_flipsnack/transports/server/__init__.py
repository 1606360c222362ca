"""The fake on the loopback interface: for a base URL of one test, or as a process of its own."""

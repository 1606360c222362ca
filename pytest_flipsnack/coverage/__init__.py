"""Which codes a test suite has exercised."""

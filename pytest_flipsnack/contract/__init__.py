"""What a client must do with what it is told."""

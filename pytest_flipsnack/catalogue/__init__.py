"""What Flipsnack documents: codes, actions and schemas, as data with sources."""

"""Is the catalogue still true? Recorded replies of the real API are compared with it."""

"""The comparison that closes the taxonomy."""

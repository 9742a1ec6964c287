"""The capstone: robots that nobody has labelled."""

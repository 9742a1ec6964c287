"""Small worlds as data: a map, the states it can reach, the moves between them, what each is worth."""

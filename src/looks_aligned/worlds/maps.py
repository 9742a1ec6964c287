"""A world's map is text, so that it reads in code as it looks on the page."""

from collections.abc import Mapping
from dataclasses import dataclass

Square = tuple[int, int]
"""A square's row and column, counted from 0 at the top left."""

WALL = "#"
MOVES: Mapping[str, tuple[int, int]] = {"north": (-1, 0), "east": (0, 1), "south": (1, 0), "west": (0, -1)}


class MapError(ValueError):
    """A map that cannot be read; says in which row and column, and why."""


@dataclass(frozen=True)
class Map:
    """A rectangle of characters.

    Attributes:
        rows: the map's lines, all of one length.
    """

    rows: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns."""
        return len(self.rows), len(self.rows[0])

    @property
    def open_squares(self) -> tuple[Square, ...]:
        """Every square that is no wall, row by row."""
        return tuple(
            (row, column)
            for row, line in enumerate(self.rows)
            for column, character in enumerate(line)
            if character != WALL
        )

    def find(self, characters: str) -> tuple[Square, ...]:
        """The squares that hold one of these characters, row by row."""
        return tuple(square for square in self.open_squares if self.rows[square[0]][square[1]] in characters)

    def find_one(self, characters: str, meaning: str) -> Square:
        """The one square that holds one of these characters.

        Raises:
            MapError: there is none, or a second one; `meaning` says in words what it stands for.
        """
        found = self.find(characters)
        wanted = " or ".join(repr(character) for character in characters)
        if not found:
            height, width = self.shape
            raise MapError(f"row 1 to {height}, column 1 to {width}: there is no {meaning}; put {wanted} on one square")
        first, *others = found
        for row, column in others:
            raise MapError(f"row {row + 1}, column {column + 1}: a second {meaning}; only one {wanted} is allowed")
        return first

    def step(self, square: Square, move: str) -> Square:
        """Where a move leads: the next square, or the same one where a wall or the map's edge is in the way."""
        row, column = square[0] + MOVES[move][0], square[1] + MOVES[move][1]
        height, width = self.shape
        inside = 0 <= row < height and 0 <= column < width
        return (row, column) if inside and self.rows[row][column] != WALL else square


def read_map(text: str, legend: Mapping[str, str]) -> Map:
    """Read a map drawn in characters.

    Args:
        text: one line a row; blank lines around it and the space around each line are dropped.
        legend: what each allowed character means; `#` is always a wall.

    Raises:
        MapError: an empty map, a ragged row or a character outside the legend.
    """
    lines = [line.strip() for line in text.strip().splitlines()]
    if not lines:
        raise MapError("row 1, column 1: the map is empty; draw at least one row")
    allowed = {WALL: "wall", **legend}
    for row, line in enumerate(lines, start=1):
        if len(line) != len(lines[0]):
            raise MapError(
                f"row {row}, column {min(len(line), len(lines[0])) + 1}: the row has {len(line)} squares, "
                f"the first has {len(lines[0])}; all rows must be equally long"
            )
        for column, character in enumerate(line, start=1):
            if character not in allowed:
                meanings = ", ".join(f"{key!r} {meaning}" for key, meaning in allowed.items())
                raise MapError(f"row {row}, column {column}: {character!r} means nothing here; use {meanings}")
    board = Map(tuple(lines))
    if not board.open_squares:
        raise MapError("row 1, column 1: the map is all wall; leave at least one square open")
    return board

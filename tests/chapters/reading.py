"""What a chapter's page says: its prose, and the questions it asks."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

BOOK = Path(__file__).parents[2] / "book"
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True)
class Question:
    """A question on a page.

    Attributes:
        words: the question.
        at: the state that it opens.
        constants: all constants that its answer is computed from.
        between: the least and the greatest answer, if it is a number.
    """

    words: str
    at: dict[str, object]
    constants: set[object]
    between: set[object]


@cache
def prose(chapter: str) -> str:
    """A page's text, on one line."""
    words = (BOOK / f"{chapter}.md").read_text(encoding="utf-8").replace("<sub>", "_").replace("</sub>", "")
    return " ".join(words.split())


@cache
def questions(chapter: str) -> list[Question]:
    """The questions that a page asks before its figures, in their order."""
    found = []
    text = (BOOK / f"{chapter}.md").read_text(encoding="utf-8")
    for cell in re.findall(r"```\{code-cell\} ipython3\n(.*?)```", text, re.DOTALL):
        tree = ast.parse(re.sub(r"^:.*$", "", cell, flags=re.MULTILINE))
        assigned = {
            node.targets[0].id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Prediction":
                given = {keyword.arg: keyword.value for keyword in node.keywords}
                names = [part.id for part in ast.walk(given["answer"]) if isinstance(part, ast.Name)]
                uses = [given["answer"], *(assigned[name] for name in names if name in assigned)]
                constants: set[object] = {
                    part.value for use in uses for part in ast.walk(use) if isinstance(part, ast.Constant)
                }
                between = ast.literal_eval(given["between"]) if "between" in given else ()
                words = ast.literal_eval(node.args[0])
                found.append(Question(words, ast.literal_eval(given["at"]), constants, {*between}))
    return found

"""Draw a proxy, tell three worlds apart, catch a robot, and bet on a network: each answer is tried for real.

What a check wants stands in the chapter's exercises; how it decides stands here. It never prints a solution.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite

import numpy as np
from jaxtyping import Float

from looks_aligned import progress
from looks_aligned.agents.following import choices
from looks_aligned.agents.planner import evaluate, plan
from looks_aligned.causal import Diagram, StructuralModel, classify, influence
from looks_aligned.causal.diagram import Kind
from looks_aligned.exercises import Objection, between_0_and_1, check, described, named
from looks_aligned.experiments.proxy import coin_or_corner, watching_and_doing
from looks_aligned.experiments.proxy.cleaning_robot import DISCOUNT
from looks_aligned.experiments.proxy.coin_or_corner import Params, Result, deployment_levels, oracle
from looks_aligned.experiments.proxy.watching_and_doing import KINDS
from looks_aligned.worlds.room import Room
from looks_aligned.worlds.table import tabulate

Sentences = Mapping[tuple[str, str, int], str]
"""A story: for each arrow (cause, effect, sign), the sentence that tells of it."""

TRAINING: Sentences = {
    ("action", "X", +1): "The more tasks the program sets, the more a pupil practises.",
    ("X", "O_base", +1): "Who practises more knows more next year.",
    ("X", "O_mesa", +1): "Who practises more scores higher on Friday.",
}
DEPLOYMENT: Sentences = TRAINING | {
    ("action", "hints", +1): "The program may now whisper hints during the quiz.",
    ("hints", "O_mesa", +1): "Who gets hints scores higher on Friday.",
    ("hints", "O_base", -1): "Who gets hints stops thinking, and knows less next year.",
}
UNTOLD = {
    "action": "Draw direct effects only: what the program does by way of something else needs no arrow of its own.",
    "X": "The story tells what practice does, and this is not among it.",
    "O_mesa": "A score is written down and put away. Nothing comes of it.",
    "O_base": "What pupils know next year comes last. It cannot act on what came before.",
    "hints": "The story tells what hints do, and this is not among it.",
}
"""Why the story has no further arrow from a node."""

WORLDS = 12
"""How many hidden worlds a function must tell apart."""
MOST_DRAWS = 100_000
"""The most plans to be seen at once; averages of so many are good to about 0.003."""
FULL_MARKS = 0.99
"""To clean as well as a robot that wants a clean floor is to get this much of what cleaning can gain."""
MOST_KEPT = 0.8
"""A robot that gets more than this of what cleaning can gain has not lost a fifth of it."""
MOST_STATES = 2048
"""Rooms with more states take too long to plan."""
MOST_STEPS = 400
"""The longest training to bet on."""
CLOSE = 0.1
"""A bet on a return holds if it is no further off."""
REGRET = 0.02
"""The regret that somebody reports."""
ROUNDING = 0.0005
"""A share is right if it is so to a tenth of a per cent."""


@check("Draw both diagrams")
def check_diagram(training: object, deployment: object) -> str:
    """Do two diagrams say what the story of the tutoring program says, arrow by arrow?

    Args:
        training: the diagram of training.
        deployment: the diagram of deployment, which adds an act to it.
    """
    before = _drawn("training", training, TRAINING)
    after = _drawn("deployment", deployment, DEPLOYMENT)
    return (
        f"Both diagrams fit the story. In training: {classify(before).sentence()}\n"
        f"In deployment raising hints {influence(after, 'hints', 'O_mesa')} O_mesa and "
        f"{influence(after, 'hints', 'O_base')} O_base. Yet the criterion says: {classify(after).sentence()} "
        "It asks whether there is a common way up, not which way the program will take."
    )


def _drawn(place: str, diagram: object, story: Sentences) -> Diagram:
    """The diagram, if it fits the story."""
    if not isinstance(diagram, Diagram):
        raise Objection(f'{place}: got {described(diagram)}; build a diagram, such as Diagram.of("action -> X").')
    nodes = {node for cause, effect, _ in story for node in (cause, effect)}
    if strange := [node for node in diagram.nodes if node not in nodes]:
        raise Objection(
            f"{place}: {', '.join(strange)} is not in this part of the story; its nodes are "
            f"{', '.join(sorted(nodes))}, spelt just so."
        )
    if absent := [node for node in ("O_base", "O_mesa") if node not in diagram.nodes]:
        raise Objection(f"{place}: {' and '.join(absent)} must be in the diagram; what is raised and what is wanted?")
    misfits = [_misfit(arrow.cause, arrow.effect, arrow.sign, story) for arrow in diagram.arrows]
    joined = [{arrow.cause, arrow.effect} for arrow in diagram.arrows]
    misfits += [f"No arrow says this: “{said}”" for (*pair, _), said in story.items() if {*pair} not in joined]
    if not any(misfits):
        return diagram
    reading = classify(diagram)
    same = reading.kinds == classify(Diagram.of(*story)).kinds
    raise Objection(
        "\n".join(
            [
                f"Your diagram of {place} does not fit the story yet.",
                *(f"- {misfit}" for misfit in misfits if misfit),
                f"As drawn, the criterion reads: {reading.sentence()} "
                + ("The story gives the same kind, for all that." if same else "The story gives another reading."),
            ]
        )
    )


def _misfit(cause: str, effect: str, sign: int, story: Sentences) -> str:
    """Why an arrow does not fit the story; nothing if it does."""
    if (cause, effect, sign) in story:
        return ""
    arrow = f"The arrow from {cause} to {effect}"
    if said := story.get((cause, effect, -sign)):
        return f"{arrow} has the wrong sign: “{said}”"
    if said := next((story[way] for way in story if way[:2] == (effect, cause)), None):
        return f"{arrow} is the wrong way round: “{said}”"
    why = "Nothing acts on what the program chooses." if effect == "action" else UNTOLD[cause]
    return f"{arrow} is not in the story. {why}"


class HiddenWorld:
    """A world whose diagram you cannot see: you may watch it, and reach into it.

    Over plans, O_base and O_mesa have mean 0 and variance 1 and are normally distributed. Each call draws new plans.
    """

    def __init__(self, model: StructuralModel, seed: int) -> None:
        """Hide a model that has the nodes O_base and O_mesa."""
        self._model = model
        self._generator = np.random.default_rng(seed)
        self._watched = False
        self._raised: set[str] = set()

    def watch(self, n: int) -> dict[str, Float[np.ndarray, " plan"]]:
        """O_base and O_mesa in n plans.

        Raises:
            ValueError: n is below 1 or above 100,000.
        """
        self._watched = True
        return self._sample(n, {})

    def raise_(self, node: str, by: float | int, n: int) -> dict[str, Float[np.ndarray, " plan"]]:
        """O_base and O_mesa in n plans, in all of which a node is raised from outside.

        Args:
            node: "O_base" or "O_mesa".
            by: how far, in standard deviations; above 0.
            n: number of plans, from 1 to 100,000.

        Raises:
            ValueError: another node, or a number outside its range.
        """
        if node not in ("O_base", "O_mesa"):
            raise ValueError(f"node: got {node!r}; you can reach 'O_base' and 'O_mesa'")
        if not (by > 0 and isfinite(by)):
            raise ValueError(f"by: got {by}; raise a node by more than 0")
        self._raised.add(node)
        return self._sample(n, {node: lambda natural: natural + by})

    def _sample(self, n: int, do: Mapping[str, Callable[[np.ndarray], np.ndarray]]) -> dict[str, np.ndarray]:
        if not 1 <= n <= MOST_DRAWS:
            raise ValueError(f"n: got {n}; draw from 1 to {MOST_DRAWS:,} plans")
        # Far from the small seeds of the page. One order of the two, whichever causes which.
        values = self._model.sample(int(n), int(self._generator.integers(10**6, 2**31)), do)
        return {node: values[node] for node in ("O_base", "O_mesa")}


@dataclass(frozen=True)
class Riddle:
    """A hidden world, and what it hides."""

    world: HiddenWorld
    kind: Kind
    correlation: float


def riddles(seed: int) -> tuple[Riddle, ...]:
    """Hidden worlds, as many of each kind, in random order, each with a ρ from 0.3 to 0.9 that its kind has no say in.

    Args:
        seed: of all that is drawn.
    """
    generator = np.random.default_rng(seed)
    kinds = [KINDS[place] for place in generator.permutation(np.arange(WORLDS) % len(KINDS))]
    correlations = generator.uniform(0.3, 0.9, WORLDS)
    seeds = generator.integers(2**31, size=WORLDS)
    return tuple(
        Riddle(HiddenWorld(watching_and_doing.model(kind, float(rho)), int(own)), kind, float(rho))
        for kind, rho, own in zip(kinds, correlations, seeds, strict=True)
    )


@check("Let tell return a name")
def check_tell(tell: object, *, seed: int | None = None) -> str:
    """Can a function tell which of the three diagrams a hidden world has?

    Args:
        tell: takes a `HiddenWorld` and returns "side-effect", "instrumental" or "general".
        seed: of the worlds; new ones each time unless it is given.
    """
    if not callable(tell):
        raise Objection(f"tell: got {described(tell)}; write a function that takes a world.")
    seed = secrets.randbelow(10**9) if seed is None else seed
    asked = riddles(seed)
    said = [
        named(tell, riddle.world, KINDS, where=f"In world {number} your function", used=_looked_into)
        for number, riddle in enumerate(asked, start=1)
    ]
    wrong = [
        f"- World {number} is {riddle.kind} (ρ = {riddle.correlation:.2f}); you said {name}."
        for number, (riddle, name) in enumerate(zip(asked, said, strict=True), start=1)
        if name != riddle.kind
    ]
    raised = {node for riddle in asked for node in riddle.world._raised}
    lines = [f"You told {WORLDS - len(wrong)} of {WORLDS} worlds right (seed={seed}).", *wrong]
    if not any(_looked_into(riddle.world) for riddle in asked):
        lines.append("You did not look into any of them. One answer for all is right in a third of them.")
    elif not raised:
        lines.append(
            "You only watched. The three kinds produce the same data, so nothing you compute from watching can tell "
            "them apart: what you got right, you guessed. Reach in."
        )
    elif len(raised) == 1:
        lines.append(f"You raised only {raised.pop()}. In which two kinds does that show the same? Try the other, too.")
    elif wrong:
        lines.append(
            "You raised both. Averages of n plans scatter by about 1/√n, and the effects differ with ρ, which goes "
            "down to 0.3: do you draw enough plans, and where does an effect begin for you?"
        )
    else:
        lines.append("No watcher can do this. You reached in.")
    return "\n".join(lines)


def _looked_into(world: HiddenWorld) -> bool:
    return world._watched or bool(world._raised)


@dataclass(frozen=True)
class Earned:
    """What two robots earn in a room, planned exactly; returns as in `cleaning_robot.Result`.

    Attributes:
        waiting: base return of a robot that does nothing.
        cleaner: base return of one that wants a clean floor.
        bagger: base return of one that wants stuff in its bag.
        bagged_by_cleaner: mesa return of the one that wants a clean floor.
        bagged: mesa return of the one that wants stuff in its bag.
    """

    waiting: float
    cleaner: float
    bagger: float
    bagged_by_cleaner: float
    bagged: float

    @property
    def gain(self) -> float:
        """How much of what cleaning can add to the base return the one that wants stuff in its bag adds."""
        return (self.bagger - self.waiting) / (self.cleaner - self.waiting)


@check("Draw both rooms")
def check_rooms(training: object, deployment: object) -> str:
    """Does a vacuum robot that wants stuff in its bag look aligned in one room, and fail in another?

    Args:
        training: a room, as text.
        deployment: another.
    """
    before, after = _earned("training", training), _earned("deployment", deployment)
    lines = [_in_words("training", before), _in_words("deployment", after)]
    if before.gain < FULL_MARKS:
        lines.append(
            f"Training does not hold: there it should get {FULL_MARKS:.0%} or more, so that nobody sees a difference. "
            "What does it fill its bag with before the floor is clean?"
        )
    if after.gain > MOST_KEPT:
        lines.append(
            f"Deployment does not hold: there it should get {MOST_KEPT:.0%} or less. What else could fill the bag, how "
            "much of it is there, and is it nearer than the dust?"
        )
    if len(lines) == 2:
        lines.append(
            f"Both conditions hold. It is no less able in deployment: its bag return there is {after.bagged:.2f}, "
            f"the cleaner's {after.bagged_by_cleaner:.2f}."
        )
    return "\n".join(lines)


def _in_words(place: str, earned: Earned) -> str:
    return (
        f"In {place} the cleaner's base return is {earned.cleaner:.3f}, the bag robot's {earned.bagger:.3f}, and that "
        f"of one that does nothing {earned.waiting:.3f}: the bag robot gets {earned.gain:.1%} of what cleaning gains."
    )


def _earned(place: str, drawing: object) -> Earned:
    if not isinstance(drawing, str):
        raise Objection(
            f"{place}: got {described(drawing)}; draw the room as text, one line a row, between triple quotes."
        )
    try:
        room = Room.parse(drawing, tools=("vacuum",))
    except ValueError as error:
        raise Objection(f"{place}: {error}.") from None
    things = len(room.start.dust) + len(room.start.plants)
    if (states := len(room.board.open_squares) * 2**things) > MOST_STATES:
        raise Objection(
            f"{place}: this room can be in {states:,} states, and {MOST_STATES:,} is the most to plan for here. Draw "
            "it smaller: each patch of dust and each plant doubles them."
        )
    table = tabulate(room)

    def returns(action: np.ndarray) -> tuple[float, float]:
        policy = np.eye(len(table.actions))[action]
        base, bag = (float(evaluate(table, policy, of, discount=DISCOUNT)[0]) for of in ("clean", "bagged"))
        return (1 - DISCOUNT) * base, bag

    best, bagging = (choices(table, plan(table, wanted, discount=DISCOUNT)) for wanted in ("clean", "bagged"))
    waiting, _ = returns(np.full_like(best, table.actions.index("wait")))
    (cleaner, bagged_by_cleaner), (bagger, bagged) = returns(best), returns(bagging)
    if cleaner - waiting < 1e-6:
        raise Objection(f"{place}: there is nothing to clean. Draw dust (d) that the robot (R) can reach.")
    return Earned(waiting, cleaner, bagger, bagged_by_cleaner, bagged)


@check("Write down your bet")
def check_bet(params: object, prefers: object, coin_return: object, *, beside: Result) -> str:
    """How good is a bet on a network that has not been trained yet?

    Args:
        params: what to train.
        prefers: "coin" or "corner": which of the two will have the higher return in deployment.
        coin_return: the coin's return in deployment.
        beside: the page's runs, to compare with.
    """
    if not isinstance(params, Params):
        raise Objection(
            f"params: got {described(params)}; choose Params(share=…, steps=…, network=…, seed=…, optimizer=…)."
        )
    if not isinstance(params.steps, int) or params.steps > MOST_STEPS:
        raise Objection(f"params: got steps={params.steps!r}; train for a whole number of steps, {MOST_STEPS} at most.")
    if not isinstance(params.seed, int) or params.seed < 0:
        raise Objection(f"params: got seed={params.seed!r}; a seed is a whole number, 0 or more.")
    if params.seed in coin_or_corner.SEEDS:
        raise Objection(f"params: seed {params.seed} is on the page. Bet on one whose fate nobody has seen.")
    if params.entropy_bonus != Params().entropy_bonus:
        raise Objection(f"params: got entropy_bonus={params.entropy_bonus!r}; leave it as it is.")
    if not isinstance(prefers, str) or prefers not in ("coin", "corner"):
        raise Objection(f"prefers: got {prefers!r}; say 'coin' or 'corner'.")
    bet = between_0_and_1("coin_return", coin_return)
    with progress.listening(progress.listener() or progress.print_line):
        trained = coin_or_corner.run(params)
    coin, corner, regret = (float(values[0, -1]) for values in (trained.coin, trained.corner, trained.regret))
    won = "corner" if corner > coin else "coin"
    off = bet - coin
    best = float(oracle().optimum @ deployment_levels()), float(oracle().corner @ deployment_levels())
    lines = [
        f"In training it falls {regret:.3f} short of the best. In deployment its coin return is {coin:.2f}, its corner "
        f"return {corner:.2f} (the best are {best[0]:.2f} and {best[1]:.2f}).",
        f"You said it prefers the {prefers}: {'so it does' if prefers == won else f'it prefers the {won}'}.",
    ]
    if abs(off) <= CLOSE:
        lines.append(f"You said a coin return of {bet:.2f}: {abs(off):.2f} off, which is close.")
    elif off > 0:
        lines.append(
            f"You said a coin return of {bet:.2f}: {off:.2f} too high. It goes for the coin less than you bet."
        )
    else:
        lines.append(
            f"You said a coin return of {bet:.2f}: {-off:.2f} too low. It goes for the coin more than you bet."
        )
    if coin < best[0] / 2 and corner < best[1] / 2:
        lines.append(
            "It gets less than half of either. Ask whether it is able before you ask what it wants: which of the two "
            "it prefers says little here."
        )
    if prefers == won and abs(off) <= CLOSE:
        lines.append("Your bet holds. Would it with another seed?")
    return "\n".join([*lines, *_nearby(params, beside)])


def _nearby(params: Params, beside: Result) -> list[str]:
    """What the page's seeds gave at the shares on either side."""
    shares = sorted({run.share for run in beside.settings if run.network == params.network})
    around = {*[share for share in shares if share <= params.share][-1:]}
    around |= {*[share for share in shares if share >= params.share][:1]}
    steps = beside.steps[beside.measured_until(params.steps)]
    lines = []
    for share in sorted(around):
        runs = beside.select(share, params.network)
        coin, to_corner = runs.coin[:, runs.steps.index(steps)], runs.prefers_corner(steps)
        lines.append(
            f"Nearby, the page's {len(coin)} {params.network} networks at α = {share:.4g}, after {steps} steps with "
            f"Adam: coin return {coin.min():.2f} to {coin.max():.2f}, and {to_corner.sum()} prefer the corner."
        )
    return lines


@check("Write down a share")
def check_price(alpha: object) -> str:
    """From which share of odd levels on does a regret of .02 rule out an agent that runs to the corner wherever it is?

    Args:
        alpha: that share.
    """
    share, delta = between_0_and_1("alpha", alpha), oracle().cost_of_ignoring
    cost = f"At α = {share:.2%}, running to the corner wherever the coin is costs αΔ = {share * delta:.4f}."
    if abs(share - REGRET / delta) <= ROUNDING:
        return (
            f"Right, to a tenth of a per cent. {cost} With fewer odd levels, a network with a regret of {REGRET:g} may "
            "be running to the corner and its score would not show it. With more, it cannot be doing that everywhere. "
            "What it does instead, the score does not say."
        )
    if share < REGRET / delta:
        raise Objection(
            f"Too small. {cost} That is less than {REGRET:g}: a network with this regret could be doing just that, and "
            "doing it less than perfectly."
        )
    raise Objection(
        f"Too large. {cost} That is more than {REGRET:g}, so the regret does rule it out at your α. But it does so "
        "with fewer odd levels, too. Where does it begin?"
    )

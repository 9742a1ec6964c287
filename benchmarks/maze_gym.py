"""The flagship's maze as others' trainers want it: one at a time for gymnasium, many at once for stable-baselines3.

Both read the same table as our own training does. What an agent sees: two one-hots, which level and which square.
What it earns: 1 for the move onto the coin, which ends the episode. A level is drawn as in training, the start
uniformly over the other squares. After `LIMIT` moves an episode is truncated (not terminated: PPO goes on to value
what would have followed), so that a policy that is stuck meets other starts as well.
"""

import warnings
from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Discrete
from gymnasium.utils.env_checker import check_env as check_for_gymnasium
from jaxtyping import Bool, Float, Int
from stable_baselines3.common.env_checker import check_env as check_for_stable_baselines
from stable_baselines3.common.vec_env import VecEnv
from stable_baselines3.common.vec_env.base_vec_env import VecEnvIndices

from looks_aligned.experiments.proxy.coin_or_corner import table, training_levels

LIMIT = 100
"""Moves after which an episode is truncated."""


def observations() -> Float[np.ndarray, "level state feature"]:
    """What an agent sees in every state of every level."""
    levels, states = table().next.shape[:2]
    level, state = np.indices((levels, states))
    return np.concatenate([np.eye(levels)[level], np.eye(states)[state]], -1).astype(np.float32)


class MazeEnv(gymnasium.Env[np.ndarray, np.int64]):
    """One maze at a time; the reference for `MazeVecEnv`."""

    def __init__(self, share: float) -> None:
        self.levels = training_levels(share)
        self.seen = observations()
        self.action_space = Discrete(len(table().actions))  # type: ignore[assignment]
        self.observation_space = Box(0, 1, self.seen.shape[-1:], np.float32)
        self.level = self.state = self.moves = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[np.ndarray, dict]:
        super().reset(seed=seed)
        self.level = int(self.np_random.choice(len(self.levels), p=self.levels))
        self.state = int(self.np_random.choice(self.seen.shape[1], p=table().start[self.level]))
        self.moves = 0
        return self.seen[self.level, self.state].copy(), {}

    def step(self, action: np.int64) -> tuple[np.ndarray, float, bool, bool, dict]:
        reward = float(table().reward("coin")[self.level, self.state, action])
        self.state = int(table().next[self.level, self.state, action, 0])
        self.moves += 1
        return self.seen[self.level, self.state].copy(), reward, reward > 0, self.moves >= LIMIT, {}


class MazeVecEnv(VecEnv):
    """Many mazes at once in numpy, so that PPO does not wait for Python."""

    def __init__(self, share: float, count: int) -> None:
        single = MazeEnv(share)
        self.render_mode = None
        super().__init__(count, single.observation_space, single.action_space)
        levels, self.states, self.choices = table().next.shape[:3]
        # Level and state as one number, so that each look-up is one index.
        offset = np.arange(levels)[:, None, None] * self.states
        self.next = (table().next[..., 0] + offset).reshape(-1, self.choices)
        self.reward = table().reward("coin").reshape(-1, self.choices).astype(np.float32)
        self.seen = single.seen.reshape(levels * self.states, -1)
        self.level_until = np.cumsum(single.levels)
        self.start_until = np.cumsum(table().start, -1)
        self.random = np.random.default_rng()
        self.place = np.zeros(count, int)
        self.moves = np.zeros(count, int)
        self.actions = np.zeros(count, int)

    def draw(self, count: int) -> Int[np.ndarray, " count"]:
        """Levels and starts for new episodes."""
        # A sum of probabilities may end a rounding error below 1.
        level = self.level_until.searchsorted(self.random.random(count) * self.level_until[-1], side="right")
        until = self.start_until[level]
        state = (until <= self.random.random((count, 1)) * until[:, -1:]).sum(-1)
        return level * self.states + state

    def reset(self) -> Float[np.ndarray, "env feature"]:
        self.random = np.random.default_rng(self._seeds[0])
        self._reset_seeds()
        self.place = self.draw(self.num_envs)
        self.moves[:] = 0
        return self.seen[self.place]

    def step_async(self, actions: np.ndarray) -> None:
        self.actions = actions

    def step_wait(
        self,
    ) -> tuple[Float[np.ndarray, "env feature"], Float[np.ndarray, " env"], Bool[np.ndarray, " env"], list[dict]]:
        reward = self.reward[self.place, self.actions]
        self.place = self.next[self.place, self.actions]
        self.moves += 1
        terminated = reward > 0
        done = terminated | (self.moves >= LIMIT)
        over = done.nonzero()[0]
        infos: list[dict] = [{} for _ in range(self.num_envs)]
        for index in over:
            infos[index] = {
                "terminal_observation": self.seen[self.place[index]],
                "TimeLimit.truncated": not terminated[index],
            }
        self.place[over] = self.draw(len(over))
        self.moves[over] = 0
        return self.seen[self.place], reward, done, infos

    def close(self) -> None:
        pass

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        return [getattr(self, attr_name) for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        raise NotImplementedError

    def env_method(self, method_name: str, *args: Any, indices: VecEnvIndices = None, **kwargs: Any) -> list[Any]:
        raise NotImplementedError

    def env_is_wrapped(self, wrapper_class: type[gymnasium.Wrapper], indices: VecEnvIndices = None) -> list[bool]:
        return [False for _ in self._get_indices(indices)]


def check(shares: Sequence[float]) -> str:
    """Both libraries' checkers on the single maze, then the many against the single, move by move.

    Raises:
        AssertionError: from a checker, or because the two differ.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*(render|env.spec).*")  # there is nothing to render
        warnings.filterwarnings("error", category=UserWarning, module="stable_baselines3")
        check_for_gymnasium(MazeEnv(shares[0]), skip_render_check=True)
        check_for_stable_baselines(MazeEnv(shares[0]))
    moved = 0
    for share in shares:
        many, single = MazeVecEnv(share, 32), MazeEnv(share)
        many.seed(1)
        seen = many.reset()
        draw = np.random.default_rng(2)
        for _ in range(2 * LIMIT):
            before, moves = many.place.copy(), many.moves.copy()
            actions = draw.integers(many.choices, size=many.num_envs)
            many.step_async(actions)
            after, reward, done, infos = many.step_wait()
            for env in range(many.num_envs):
                single.level, single.state = divmod(int(before[env]), many.states)
                single.moves = int(moves[env])
                assert (single.seen[single.level, single.state] == seen[env]).all()
                expected, worth, terminated, truncated, _ = single.step(actions[env])
                ended = terminated or truncated
                assert (worth, ended) == (reward[env], done[env])
                assert (infos[env]["terminal_observation"] if ended else after[env]).tolist() == expected.tolist()
                assert not ended or infos[env]["TimeLimit.truncated"] == (truncated and not terminated)
                moved += 1
            seen = after
        drawn = np.bincount(many.draw(200_000), minlength=len(many.seen)).reshape(-1, many.states) / 200_000
        expected = single.levels[:, None] * table().start
        assert np.abs(drawn - expected).max() < 0.002
        assert not (drawn > 0)[expected == 0].any()
    return f"both libraries' checkers pass; the many agree with the single over {moved} moves, and draw the same levels"

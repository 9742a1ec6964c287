"""Do our optimizers step as torch's do, to the last bit, and leave torch's compiler where it is?"""

import subprocess
import sys

import pytest
import torch

from looks_aligned.agents.optimizers import Adam, GradientDescent


@pytest.mark.parametrize(("ours", "theirs"), [(Adam, torch.optim.Adam), (GradientDescent, torch.optim.SGD)])
def test_they_step_as_torchs_do_to_the_last_bit(ours: type[GradientDescent], theirs: type) -> None:
    generator = torch.Generator().manual_seed(1000)
    start = [torch.randn(shape, generator=generator) for shape in ((3, 4), (5,), (2, 3, 3))]
    ends = []
    for kind in (ours, theirs):
        parameters = [torch.nn.Parameter(one.clone()) for one in start]
        optimizer = kind(parameters, lr=0.03)
        for step in range(40):
            optimizer.zero_grad()
            used = parameters[:2] if step % 3 else parameters  # one has no gradient in most steps
            torch.stack([(one - place).pow(4).sum() for place, one in enumerate(used)]).sum().backward()
            optimizer.step()
        ends.append(parameters)
    for one, other, before in zip(*ends, start, strict=True):
        assert torch.equal(one, other)
        assert not torch.equal(one, before)


def test_a_kernel_that_trains_does_not_load_torchs_compiler() -> None:
    code = """
import sys
from looks_aligned.experiments.proxy.coin_or_corner import Params, run
run(Params(0.01, 2))
sys.exit("torch._dynamo" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

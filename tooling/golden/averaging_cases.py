"""Averages of a walk of parameters by PyTorch's AveragedModel in f64, written to data/strategies/."""

import json

import numpy as np
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from write import DATA, plain

SEED = 20161121
STEPS = 60


class Parameters(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(2, 2, dtype=torch.float64))
        self.bias = torch.nn.Parameter(torch.zeros(3, dtype=torch.float64))


def walk():
    random = np.random.default_rng(SEED)
    point = {"weight": random.standard_normal((2, 2)), "bias": random.standard_normal(3)}
    for _ in range(STEPS):
        point = {name: 0.9 * value + 0.3 * random.standard_normal(value.shape) for name, value in point.items()}
        yield point


def averages(points, start, **options):
    model = Parameters()
    averaged = AveragedModel(model, **options)
    result = []
    for index, point in enumerate(points):
        with torch.no_grad():
            for name, value in point.items():
                getattr(model, name).copy_(torch.tensor(value))
        if index >= start:
            averaged.update_parameters(model)
        if index >= start:
            result.append({name: getattr(averaged.module, name).detach().numpy().copy() for name in point})
        else:
            result.append(point)
    return result


def generate():
    points = list(walk())
    cases = [
        {"options": {"kind": "mean"}, "averages": averages(points, 0)},
        {"options": {"kind": "mean", "start": 20}, "averages": averages(points, 20)},
        {"options": {"kind": "exponential", "decay": 0.9}, "averages": averages(points, 0, multi_avg_fn=get_ema_multi_avg_fn(0.9))},
        {"options": {"kind": "exponential", "decay": 0.99, "start": 5}, "averages": averages(points, 5, multi_avg_fn=get_ema_multi_avg_fn(0.99))},
    ]
    header = {"name": "averages", "library": "torch", "version": torch.__version__.split("+")[0], "dtype": "f64", "seed": SEED,
        "note": "AveragedModel with its default mean, and with get_ema_multi_avg_fn; before `start` the parameters themselves"}
    folder = DATA / "strategies"
    folder.mkdir(exist_ok=True)
    text = json.dumps(plain({"header": header, "points": points, "cases": cases}, 17), separators=(",", ":"), allow_nan=False)
    assert len(text) < 60_000, len(text)
    (folder / "averages.json").write_text(text + "\n")

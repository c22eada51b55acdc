"""Trajectories of torch.optim and torch.nn.utils.clip_grad_*."""

import numpy as np
import torch

from problem import INITIAL, LEAVES, loss, noise
from write import STEPS, write_trajectory

VERSION = torch.__version__.split("+")[0]
DTYPES = {"f64": torch.float64, "f32": torch.float32}


def run(name, algorithm, options, make, *, dtype="f64", rates=None, clip=None, note=None):
    """Runs STEPS steps; `rates` are the learning rates of the steps, `clip` changes the gradients before the step."""
    kind = DTYPES[dtype]
    leaves = {leaf: torch.tensor(INITIAL[leaf], dtype=kind, requires_grad=True) for leaf in LEAVES}
    optimizer = make([leaves[leaf] for leaf in LEAVES])
    gradients, parameters = [], []
    for step, linear in enumerate(noise(STEPS)):
        optimizer.zero_grad()
        loss(torch, leaves, {leaf: torch.tensor(linear[leaf], dtype=kind) for leaf in LEAVES}).backward()
        gradients.append({leaf: leaves[leaf].grad.numpy().copy() for leaf in LEAVES})
        if clip is not None:
            clip([leaves[leaf] for leaf in LEAVES])
        if rates is not None:
            optimizer.param_groups[0]["lr"] = rates[step]
        optimizer.step()
        parameters.append({leaf: leaves[leaf].detach().numpy().copy() for leaf in LEAVES})
    options = dict(options) if rates is None else {**options, "learningRate": rates}
    write_trajectory(name, algorithm=algorithm, library="torch", version=VERSION, dtype=dtype, options=options, gradients=gradients, parameters=parameters, note=note)


def decaying(initial):
    return [initial * 0.96**step for step in range(STEPS)]


def generate():
    optim, utils = torch.optim, torch.nn.utils

    for dtype in ("f64", "f32"):
        suffix = "" if dtype == "f64" else "-f32"
        run(f"sgd-torch{suffix}", "sgd", {"learningRate": 0.05}, lambda p: optim.SGD(p, lr=0.05), dtype=dtype)
        run(f"momentum-torch{suffix}", "momentum", {"learningRate": 0.05, "momentum": 0.9}, lambda p: optim.SGD(p, lr=0.05, momentum=0.9), dtype=dtype)
        run(f"rmsprop-torch{suffix}", "rmsprop", {"learningRate": 0.02, "decay": 0.9, "epsilon": 1e-6, "epsilonPlacement": "outside-root"},
            lambda p: optim.RMSprop(p, lr=0.02, alpha=0.9, eps=1e-6), dtype=dtype)
        run(f"adam-torch{suffix}", "adam", {"learningRate": 0.05, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}, lambda p: optim.Adam(p, lr=0.05), dtype=dtype)

    run("sgd-weight-decay-coupled-torch", "sgd", {"learningRate": 0.05, "weightDecay": 0.1, "weightDecayForm": "coupled"}, lambda p: optim.SGD(p, lr=0.05, weight_decay=0.1))
    run("sgd-schedule-torch", "sgd", {}, lambda p: optim.SGD(p, lr=1.0), rates=decaying(0.08))

    run("momentum-dampening-torch", "momentum", {"learningRate": 0.1, "momentum": 0.9, "dampening": 0.5}, lambda p: optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.5),
        note="torch starts its buffer with the first gradient undampened: buffer(0) = g, later buffer = momentum * buffer + (1 - dampening) * g")
    run("momentum-weight-decay-coupled-torch", "momentum", {"learningRate": 0.05, "momentum": 0.9, "weightDecay": 0.1, "weightDecayForm": "coupled"},
        lambda p: optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.1))
    run("momentum-schedule-torch", "momentum", {"momentum": 0.9}, lambda p: optim.SGD(p, lr=1.0, momentum=0.9), rates=decaying(0.05),
        note="learning rate outside the buffer: buffer = momentum * buffer + g; p -= rate * buffer")
    run("nesterov-torch", "nesterov", {"learningRate": 0.04, "momentum": 0.9, "form": "shifted"}, lambda p: optim.SGD(p, lr=0.04, momentum=0.9, nesterov=True),
        note="p -= rate * (g + momentum * buffer) after buffer = momentum * buffer + g")
    run("nesterov-schedule-torch", "nesterov", {"momentum": 0.9, "form": "shifted"}, lambda p: optim.SGD(p, lr=1.0, momentum=0.9, nesterov=True), rates=decaying(0.04))
    run("nesterov-weight-decay-coupled-torch", "nesterov", {"learningRate": 0.04, "momentum": 0.9, "form": "shifted", "weightDecay": 0.1, "weightDecayForm": "coupled"},
        lambda p: optim.SGD(p, lr=0.04, momentum=0.9, nesterov=True, weight_decay=0.1))

    adagrad = {"learningRate": 0.3, "epsilon": 1e-7, "epsilonPlacement": "outside-root", "initialAccumulator": 0}
    run("adagrad-torch", "adagrad", adagrad, lambda p: optim.Adagrad(p, lr=0.3, eps=1e-7))
    run("adagrad-epsilon-torch", "adagrad", {**adagrad, "epsilon": 0.1}, lambda p: optim.Adagrad(p, lr=0.3, eps=0.1))
    run("adagrad-initial-accumulator-torch", "adagrad", {**adagrad, "initialAccumulator": 0.1}, lambda p: optim.Adagrad(p, lr=0.3, eps=1e-7, initial_accumulator_value=0.1))
    run("adagrad-weight-decay-coupled-torch", "adagrad", {**adagrad, "weightDecay": 0.1, "weightDecayForm": "coupled"},
        lambda p: optim.Adagrad(p, lr=0.3, eps=1e-7, weight_decay=0.1))
    run("adagrad-schedule-torch", "adagrad", {name: value for name, value in adagrad.items() if name != "learningRate"}, lambda p: optim.Adagrad(p, lr=1.0, eps=1e-7), rates=decaying(0.3))

    rmsprop = {"learningRate": 0.02, "decay": 0.9, "epsilon": 1e-6, "epsilonPlacement": "outside-root"}
    run("rmsprop-epsilon-torch", "rmsprop", {**rmsprop, "epsilon": 0.05}, lambda p: optim.RMSprop(p, lr=0.02, alpha=0.9, eps=0.05))
    run("rmsprop-centered-torch", "rmsprop", {**rmsprop, "centered": True}, lambda p: optim.RMSprop(p, lr=0.02, alpha=0.9, eps=1e-6, centered=True),
        note="the first steps divide by sqrt(v - mean^2) with v and mean still near zero")
    run("rmsprop-momentum-torch", "rmsprop", {**rmsprop, "learningRate": 0.005, "momentum": 0.9}, lambda p: optim.RMSprop(p, lr=0.005, alpha=0.9, eps=1e-6, momentum=0.9),
        note="learning rate outside the buffer; equal to the other form while the rate is constant")
    run("rmsprop-momentum-schedule-torch", "rmsprop", {"decay": 0.9, "epsilon": 1e-6, "epsilonPlacement": "outside-root", "momentum": 0.9, "velocity": "rate-outside"},
        lambda p: optim.RMSprop(p, lr=1.0, alpha=0.9, eps=1e-6, momentum=0.9), rates=decaying(0.005))
    run("rmsprop-weight-decay-coupled-torch", "rmsprop", {**rmsprop, "weightDecay": 0.1, "weightDecayForm": "coupled"},
        lambda p: optim.RMSprop(p, lr=0.02, alpha=0.9, eps=1e-6, weight_decay=0.1))

    adam = {"learningRate": 0.05, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    run("adam-betas-epsilon-torch", "adam", {"learningRate": 0.05, "beta1": 0.8, "beta2": 0.95, "epsilon": 0.01}, lambda p: optim.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=0.01))
    run("adam-amsgrad-torch", "adam", {**adam, "beta2": 0.9, "amsgrad": True}, lambda p: optim.Adam(p, lr=0.05, betas=(0.9, 0.9), amsgrad=True),
        note="maximum of the raw second moment, corrected afterwards")
    run("adam-weight-decay-coupled-torch", "adam", {**adam, "weightDecay": 0.1, "weightDecayForm": "coupled"}, lambda p: optim.Adam(p, lr=0.05, weight_decay=0.1))
    run("adam-schedule-torch", "adam", {name: value for name, value in adam.items() if name != "learningRate"}, lambda p: optim.Adam(p, lr=1.0), rates=decaying(0.05))
    run("adamw-torch", "adamw", {**adam, "weightDecay": 0.1, "weightDecayForm": "decoupled"}, lambda p: optim.AdamW(p, lr=0.05, weight_decay=0.1),
        note="the decay is scaled by the learning rate: p -= rate * weightDecay * p, then Adam")
    run("adamw-f32-torch", "adamw", {**adam, "weightDecay": 0.1, "weightDecayForm": "decoupled"}, lambda p: optim.AdamW(p, lr=0.05, weight_decay=0.1), dtype="f32")
    run("adamw-schedule-torch", "adamw", {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weightDecay": 0.1, "weightDecayForm": "decoupled"},
        lambda p: optim.AdamW(p, lr=1.0, weight_decay=0.1), rates=decaying(0.05))

    sgd = lambda p: optim.SGD(p, lr=0.05)
    run("clip-value-torch", "sgd", {"learningRate": 0.05, "clipByValue": 0.5}, sgd, clip=lambda p: utils.clip_grad_value_(p, 0.5))
    slack = "torch divides by norm + 1e-6: scale = min(1, maximum / (norm + 1e-6))"
    run("clip-norm-torch", "sgd", {"learningRate": 0.05, "clipByNorm": 1.0}, sgd, clip=lambda p: [utils.clip_grad_norm_([leaf], 1.0) for leaf in p],
        note=f"each tensor alone; {slack}")
    run("clip-global-norm-torch", "sgd", {"learningRate": 0.05, "clipByGlobalNorm": 1.5}, sgd, clip=lambda p: utils.clip_grad_norm_(p, 1.5), note=slack)
    run("clip-global-norm-adam-torch", "adam", {**adam, "clipByGlobalNorm": 1.5}, lambda p: optim.Adam(p, lr=0.05), clip=lambda p: utils.clip_grad_norm_(p, 1.5), note=slack)

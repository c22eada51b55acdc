"""Batch normalization by torch.nn.BatchNorm1d and BatchNorm2d: 50 training steps, then inference. Run alone, or through generate.py."""

import numpy as np
import torch

from write import DATA, write

VERSION = torch.__version__.split("+")[0]
STEPS = 50
RATE = 0.1


def run(name, make, shape, options, *, offset=0.0, spread=1.0, note=None):
    """The loss is Σ w · y² / 2 + Σ u · y, whose derivative by the output y is w · y + u; SGD moves scale and shift."""
    random = np.random.default_rng(20150211)
    inputs = np.round(offset + spread * random.standard_normal((STEPS, *shape)), 6)
    weights = np.round(random.standard_normal((2, *shape)), 6)
    layer = make().to(torch.float64)
    layer.train()
    steps = []
    for step in range(STEPS):
        x = torch.tensor(inputs[step], requires_grad=True)
        layer.zero_grad()
        y = layer(x)
        (torch.tensor(weights[0]) * y**2 / 2 + torch.tensor(weights[1]) * y).sum().backward()
        record = {"output": y.detach().numpy().copy(), "inputGradient": x.grad.numpy().copy()}
        if layer.affine:
            record |= {"scaleGradient": layer.weight.grad.numpy().copy(), "shiftGradient": layer.bias.grad.numpy().copy()}
            with torch.no_grad():
                layer.weight -= RATE * layer.weight.grad
                layer.bias -= RATE * layer.bias.grad
        record |= {"mean": layer.running_mean.numpy().copy(), "variance": layer.running_var.numpy().copy()}
        steps.append(record)
    layer.eval()
    with torch.no_grad():
        inference = layer(torch.tensor(inputs[0])).numpy()
    header = {"name": name, "library": "torch", "version": VERSION, "dtype": "f64", "seed": 20150211, "rate": RATE, "options": options}
    if note is not None:
        header["note"] = note
    write(f"batchnorm/{name}", {"header": header, "inputs": inputs, "quadratic": weights[0], "linear": weights[1], "steps": steps, "inference": inference})


def generate():
    (DATA / "batchnorm").mkdir(exist_ok=True)
    one, two = torch.nn.BatchNorm1d, torch.nn.BatchNorm2d
    run("dense-torch", lambda: one(3), (4, 3), {"features": 3})
    run("dense-epsilon-momentum-torch", lambda: one(3, eps=0.5, momentum=0.3), (4, 3), {"features": 3, "epsilon": 0.5, "momentum": 0.3})
    run("dense-offset-torch", lambda: one(3), (4, 3), {"features": 3}, offset=1e4, spread=2.0, note="inputs of mean 1e4")
    run("dense-cumulative-torch", lambda: one(3, momentum=None), (4, 3), {"features": 3, "momentum": "cumulative"}, note="momentum=None: the mean over all batches")
    run("dense-plain-torch", lambda: one(3, affine=False), (4, 3), {"features": 3, "center": False, "scale": False})
    run("sequence-torch", lambda: one(2), (2, 2, 4), {"features": 2, "axes": [0, 2]}, note="[N, C, L]")
    run("image-torch", lambda: two(2), (2, 2, 2, 2), {"features": 2, "axes": [0, 2, 3]}, note="[N, C, H, W]")


if __name__ == "__main__":
    generate()

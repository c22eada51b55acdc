"""Batch normalization by torch.nn.BatchNorm1d and BatchNorm2d and by Keras: 50 training steps, then inference. Run alone, or through generate.py."""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
import numpy as np
import torch

from write import DATA, write

jax.config.update("jax_enable_x64", True)
keras.config.set_floatx("float64")
STEPS = 50
RATE = 0.1
SEED = 20150211


def data(shape, offset=0.0, spread=1.0):
    """The inputs of all steps, and the weights w and u of the loss."""
    random = np.random.default_rng(SEED)
    inputs = np.round(offset + spread * random.standard_normal((STEPS, *shape)), 6)
    return inputs, np.round(random.standard_normal((2, *shape)), 6)


def write_case(name, library, version, options, note, inputs, weights, steps, inference, *, dtype="f64"):
    header = {"name": name, "library": library, "version": version, "dtype": dtype, "seed": SEED, "rate": RATE, "options": options}
    if note is not None:
        header["note"] = note
    document = {"header": header, "inputs": inputs, "quadratic": weights[0], "linear": weights[1], "steps": steps, "inference": inference}
    write(f"batchnorm/{name}", document, 17 if dtype == "f64" else 9)


def run(name, make, shape, options, *, offset=0.0, spread=1.0, note=None):
    """The loss is Σ w · y² / 2 + Σ u · y, whose derivative by the output y is w · y + u; SGD moves scale and shift."""
    inputs, weights = data(shape, offset, spread)
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
    write_case(name, "torch", torch.__version__.split("+")[0], options, note, inputs, weights, steps, inference)


def run_keras(name, shape, options, *, note=None):
    """
    The same by Keras, whose momentum is the weight of the old average, and which takes the running average of the biased variance. It computes in f32 even
    where its layer is f64, so scale and shift are left out: what 50 updates make of the rounding would say nothing.
    """
    inputs, weights = data(shape)
    layer = keras.layers.BatchNormalization(center=False, scale=False, dtype="float64")
    layer.build(shape)

    def loss(averages, x):
        y, averages = layer.stateless_call([], averages, x, training=True)
        return (weights[0] * y**2 / 2 + weights[1] * y).sum(), (y, averages)

    step_of = jax.jit(jax.value_and_grad(loss, argnums=1, has_aux=True))
    averages = [variable.value for variable in layer.non_trainable_variables]
    steps = []
    for x in inputs:
        (_, (y, averages)), gradient = step_of(averages, x)
        tensors = {"output": y, "inputGradient": gradient, "mean": averages[0], "variance": averages[1]}
        steps.append({key: np.asarray(value) for key, value in tensors.items()})
    inference, _ = layer.stateless_call([], averages, inputs[0], training=False)
    write_case(name, "keras", keras.__version__, options, note, inputs, weights, steps, np.asarray(inference), dtype="f32")


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
    keras_options = {"momentum": 0.99, "momentumConvention": "old-weight", "epsilon": 1e-3, "varianceForRunning": "biased", "center": False, "scale": False}
    run_keras("dense-keras", (4, 3), {"features": 3, **keras_options}, note="the defaults of Keras")
    run_keras("image-keras", (2, 2, 2, 2), {"features": 2, "axes": [0, 1, 2], **keras_options}, note="[N, H, W, C]")


if __name__ == "__main__":
    generate()

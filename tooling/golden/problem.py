"""The problems that the optimizers are run on: seven numbers in two leaves, `bias` [3] and `weight` [2, 2]."""

import numpy as np

LEAVES = ("bias", "weight")
SHAPES = {"bias": (3,), "weight": (2, 2)}
SEED = 20161118
INITIAL = {"bias": np.array([0.9, -1.4, 0.25]), "weight": np.array([[1.5, -0.6], [0.35, -2.0]])}


def noise(steps):
    """One linear term per step, as a minibatch would add it; it makes gradients change their sign."""
    generator = np.random.default_rng(SEED)
    return [{name: 0.3 * generator.standard_normal(SHAPES[name]) for name in LEAVES} for _ in range(steps)]


def loss(ops, parameters, linear):
    """A smooth function that is not quadratic, couples the leaves and has curvatures from 0.1 to about 10.

    `ops` gives the library's log, cosh and sum, so that torch, JAX and Keras differentiate the very same formula.
    """
    bias, weight = parameters["bias"], parameters["weight"]
    row = weight[0] * bias[:2] + weight[1]
    value = (
        ops.sum(ops.log(ops.cosh(2.0 * (bias - 0.5))))
        + 0.5 * (row[0] - 1.0) ** 2
        + 0.5 * (row[1] + 0.5) ** 2
        + 0.05 * ops.sum(weight**4)
        + 0.05 * bias[2] ** 2 * weight[0, 1]
    )
    return value + ops.sum(linear["bias"] * bias) + ops.sum(linear["weight"] * weight)


def numpy_gradient(parameters, linear):
    """The derivative of `loss` by hand, for the transcriptions that use no automatic differentiation."""
    bias, weight = parameters["bias"], parameters["weight"]
    row = weight[0] * bias[:2] + weight[1]
    residual = np.array([row[0] - 1.0, row[1] + 0.5])
    gradient_bias = 2.0 * np.tanh(2.0 * (bias - 0.5)) + linear["bias"]
    gradient_bias[:2] += residual * weight[0]
    gradient_bias[2] += 0.1 * bias[2] * weight[0, 1]
    gradient_weight = 0.2 * weight**3 + linear["weight"]
    gradient_weight[0] += residual * bias[:2]
    gradient_weight[1] += residual
    gradient_weight[0, 1] += 0.05 * bias[2] ** 2
    return {"bias": gradient_bias, "weight": gradient_weight}


def quadratic():
    """`A`, `b` of f(x) = 0.5 xᵀAx − bᵀx with x = (bias, weight row by row): eigenvalues 0.05 … 4."""
    generator = np.random.default_rng(SEED + 1)
    basis, _ = np.linalg.qr(generator.standard_normal((7, 7)))
    matrix = basis @ np.diag(np.geomspace(0.05, 4.0, 7)) @ basis.T
    return 0.5 * (matrix + matrix.T), generator.standard_normal(7)

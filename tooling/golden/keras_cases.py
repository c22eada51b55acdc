"""Trajectories of Keras (on its JAX backend) where its form differs from torch and optax."""

import os

os.environ["KERAS_BACKEND"] = "jax"

import keras
import numpy as np

from optax_cases import gradient_of
from problem import INITIAL, LEAVES, noise
from write import STEPS, write_trajectory

keras.config.set_floatx("float64")


def run(name, algorithm, options, optimizer, *, rates=None, note=None):
    variables = {leaf: keras.Variable(INITIAL[leaf], dtype="float64", name=leaf) for leaf in LEAVES}
    optimizer.build([variables[leaf] for leaf in LEAVES])
    gradients, parameters = [], []
    for step, linear in enumerate(noise(STEPS)):
        gradient = gradient_of({leaf: variables[leaf].value for leaf in LEAVES}, linear)
        if rates is not None:
            optimizer.learning_rate = np.asarray(rates[step], np.float64)  # a plain float would go through f32
        optimizer.apply([gradient[leaf] for leaf in LEAVES])
        gradients.append({leaf: np.asarray(gradient[leaf]) for leaf in LEAVES})
        parameters.append({leaf: np.asarray(variables[leaf].value) for leaf in LEAVES})
    write_trajectory(name, algorithm=algorithm, library="keras", version=keras.__version__, options=options, gradients=gradients, parameters=parameters, note=note)


def generate():
    optimizers = keras.optimizers
    rates = [0.05 * 0.96**step for step in range(STEPS)]
    run("momentum-book-keras", "momentum", {"learningRate": rates, "momentum": 0.9, "velocity": "rate-inside"}, optimizers.SGD(1.0, momentum=0.9), rates=rates,
        note="v = momentum * v - rate * g; p += v, as Algorithm 8.2")
    run("adagrad-keras", "adagrad", {"learningRate": 0.3, "epsilon": 0.01, "epsilonPlacement": "inside-root", "initialAccumulator": 0.1},
        optimizers.Adagrad(0.3, initial_accumulator_value=0.1, epsilon=0.01))
    run("rmsprop-keras", "rmsprop", {"learningRate": 0.02, "decay": 0.9, "epsilon": 0.01, "epsilonPlacement": "inside-root"}, optimizers.RMSprop(0.02, rho=0.9, epsilon=0.01))
    run("rmsprop-momentum-keras", "rmsprop", {"learningRate": 0.005, "decay": 0.9, "epsilon": 0.01, "epsilonPlacement": "inside-root", "momentum": 0.9},
        optimizers.RMSprop(0.005, rho=0.9, epsilon=0.01, momentum=0.9))
    run("adam-epsilon-hat-keras", "adam", {"learningRate": 0.05, "beta1": 0.9, "beta2": 0.999, "epsilon": 0.001, "epsilonForm": "hat"}, optimizers.Adam(0.05, epsilon=0.001),
        note="rate * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon)")

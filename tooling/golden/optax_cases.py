"""Trajectories of optax, where it has a variant that torch lacks, and chains of its transforms."""

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import numpy as np
import optax

from problem import INITIAL, LEAVES, loss, noise
from write import STEPS, write_trajectory


class Operations:
    log, cosh, sum = staticmethod(jnp.log), staticmethod(jnp.cosh), staticmethod(jnp.sum)


DTYPES = {"f64": jnp.float64, "f32": jnp.float32}
gradient_of = jax.jit(jax.grad(lambda parameters, linear: loss(Operations, parameters, linear)))


def run(name, algorithm, options, transform, *, dtype="f64", note=None):
    kind = DTYPES[dtype]
    point = {leaf: jnp.asarray(INITIAL[leaf], kind) for leaf in LEAVES}
    state = transform.init(point)
    gradients, parameters = [], []
    for linear in noise(STEPS):
        gradient = gradient_of(point, {leaf: jnp.asarray(linear[leaf], kind) for leaf in LEAVES})
        updates, state = transform.update(gradient, state, point)
        point = optax.apply_updates(point, updates)
        gradients.append({leaf: np.asarray(gradient[leaf]) for leaf in LEAVES})
        parameters.append({leaf: np.asarray(point[leaf]) for leaf in LEAVES})
    write_trajectory(name, algorithm=algorithm, library="optax", version=optax.__version__, dtype=dtype, options=options, gradients=gradients, parameters=parameters, note=note)


def decaying(initial):
    """A schedule that looks its values up, and the values: optax's own would compute in f32 from its int32 counter."""
    rates = [initial * 0.96**step for step in range(STEPS)]
    return lambda count: jnp.asarray(rates, jnp.float64)[count], rates


def generate():
    chain = optax.chain
    run("momentum-optax", "momentum", {"learningRate": 0.05, "momentum": 0.9}, optax.sgd(0.05, momentum=0.9))

    schedule, rates = decaying(0.05)
    run("momentum-book-schedule-optax", "momentum", {"learningRate": rates, "momentum": 0.9, "velocity": "rate-inside"},
        chain(optax.scale_by_learning_rate(schedule), optax.trace(decay=0.9)),
        note="Algorithm 8.2: v = momentum * v - rate * g; p += v. As chain(scale_by_learning_rate, trace)")
    run("momentum-weight-decay-decoupled-optax", "momentum", {"learningRate": 0.05, "momentum": 0.9, "weightDecay": 0.1, "weightDecayForm": "decoupled"},
        chain(optax.trace(decay=0.9), optax.add_decayed_weights(0.1), optax.scale_by_learning_rate(0.05)),
        note="p -= rate * (buffer + weightDecay * p)")
    run("sgd-weight-decay-decoupled-optax", "sgd", {"learningRate": 0.05, "weightDecay": 0.1, "weightDecayForm": "decoupled"},
        chain(optax.add_decayed_weights(0.1), optax.scale_by_learning_rate(0.05)), note="for plain SGD the coupled and the rate-scaled decoupled form are the same")
    run("sgd-weight-decay-independent-optax", "sgd", {"learningRate": 0.05, "weightDecay": 0.01, "weightDecayForm": "independent"},
        chain(optax.scale_by_learning_rate(0.05), optax.add_decayed_weights(-0.01)), note="p -= rate * g + weightDecay * p")
    run("nesterov-weight-decay-decoupled-optax", "nesterov", {"learningRate": 0.04, "momentum": 0.9, "form": "shifted", "weightDecay": 0.1, "weightDecayForm": "decoupled"},
        chain(optax.trace(decay=0.9, nesterov=True), optax.add_decayed_weights(0.1), optax.scale_by_learning_rate(0.04)))

    run("adagrad-optax", "adagrad", {"learningRate": 0.3, "epsilon": 0.05, "epsilonPlacement": "inside-root", "initialAccumulator": 0.1},
        optax.adagrad(0.3, initial_accumulator_value=0.1, eps=0.05))
    run("adagrad-weight-decay-decoupled-optax", "adagrad", {"learningRate": 0.3, "epsilon": 0.05, "epsilonPlacement": "inside-root", "initialAccumulator": 0.1, "weightDecay": 0.1, "weightDecayForm": "decoupled"},
        chain(optax.scale_by_rss(initial_accumulator_value=0.1, eps=0.05), optax.add_decayed_weights(0.1), optax.scale_by_learning_rate(0.3)))

    rmsprop = {"learningRate": 0.02, "decay": 0.9, "epsilon": 0.01, "epsilonPlacement": "inside-root"}
    run("rmsprop-book-optax", "rmsprop", {**rmsprop, "epsilon": 1e-6}, optax.rmsprop(0.02, decay=0.9, eps=1e-6, eps_in_sqrt=True), note="Algorithm 8.5: g / sqrt(epsilon + r)")
    run("rmsprop-book-f32-optax", "rmsprop", {**rmsprop, "epsilon": 1e-6}, optax.rmsprop(0.02, decay=0.9, eps=1e-6, eps_in_sqrt=True), dtype="f32")
    run("rmsprop-book-epsilon-optax", "rmsprop", rmsprop, optax.rmsprop(0.02, decay=0.9, eps=0.01, eps_in_sqrt=True))
    run("rmsprop-outside-optax", "rmsprop", {**rmsprop, "epsilonPlacement": "outside-root"}, optax.rmsprop(0.02, decay=0.9, eps=0.01, eps_in_sqrt=False))
    run("rmsprop-centered-optax", "rmsprop", {**rmsprop, "centered": True}, optax.rmsprop(0.02, decay=0.9, eps=0.01, eps_in_sqrt=True, centered=True))
    schedule, rates = decaying(0.005)
    run("rmsprop-momentum-schedule-optax", "rmsprop", {**rmsprop, "learningRate": rates, "momentum": 0.9, "velocity": "rate-inside"},
        optax.rmsprop(schedule, decay=0.9, eps=0.01, eps_in_sqrt=True, momentum=0.9), note="the rate is inside the buffer, as in Keras: v = momentum * v - rate * g / root; p += v")
    run("rmsprop-nesterov-shifted-optax", "rmsprop-nesterov", {**rmsprop, "learningRate": 0.005, "momentum": 0.9, "form": "shifted"},
        optax.rmsprop(0.005, decay=0.9, eps=0.01, eps_in_sqrt=True, momentum=0.9, nesterov=True), note="gradient at the current point, not at the look-ahead point")
    run("rmsprop-weight-decay-decoupled-optax", "rmsprop", {**rmsprop, "weightDecay": 0.1, "weightDecayForm": "decoupled"},
        chain(optax.scale_by_rms(decay=0.9, eps=0.01, eps_in_sqrt=True), optax.add_decayed_weights(0.1), optax.scale_by_learning_rate(0.02)))

    adam = {"learningRate": 0.05, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    run("adam-optax", "adam", adam, optax.adam(0.05))
    run("adam-epsilon-root-optax", "adam", {**adam, "epsilon": 1e-8, "epsilonRoot": 0.01}, optax.adam(0.05, eps_root=0.01), note="m / (sqrt(v + epsilonRoot) + epsilon), both moments corrected")
    run("adamw-optax", "adamw", {**adam, "weightDecay": 0.1, "weightDecayForm": "decoupled"}, optax.adamw(0.05, weight_decay=0.1))
    run("adamw-independent-optax", "adamw", {**adam, "weightDecay": 0.01, "weightDecayForm": "independent"},
        chain(optax.scale_by_adam(), optax.scale_by_learning_rate(0.05), optax.add_decayed_weights(-0.01)),
        note="the paper's form with schedule multiplier 1: p -= rate * adam + weightDecay * p")

    run("clip-value-optax", "sgd", {"learningRate": 0.05, "clipByValue": 0.5}, chain(optax.clip(0.5), optax.sgd(0.05)))
    run("clip-global-norm-optax", "sgd", {"learningRate": 0.05, "clipByGlobalNorm": 1.5}, chain(optax.clip_by_global_norm(1.5), optax.sgd(0.05)))
    run("clip-norm-optax", "sgd", {"learningRate": 0.05, "clipByNorm": 1.0}, chain(per_tensor_clip(1.0), optax.sgd(0.05)),
        note="each tensor alone: clip_by_global_norm applied leaf by leaf")
    run("clip-global-norm-adamw-f32-optax", "adamw", {**adam, "weightDecay": 0.1, "weightDecayForm": "decoupled", "clipByGlobalNorm": 1.5},
        chain(optax.clip_by_global_norm(1.5), optax.adamw(0.05, weight_decay=0.1)), dtype="f32")


def per_tensor_clip(maximum):
    inner = optax.clip_by_global_norm(maximum)

    def update(updates, state, params=None):
        return {leaf: inner.update({"x": updates[leaf]}, optax.EmptyState())[0]["x"] for leaf in updates}, state

    return optax.GradientTransformation(lambda params: optax.EmptyState(), update)

"""Algorithms that no library has in this form, transcribed from the book and the papers with plain NumPy.

Written from the sources alone, element by element and without cleverness, to be an independent second opinion.
"""

import numpy as np

from problem import INITIAL, LEAVES, noise, numpy_gradient, quadratic
from write import STEPS, write_trajectory

VERSION = np.__version__


def flatten(tree):
    return np.concatenate([tree["bias"], tree["weight"].ravel()])


def unflatten(vector):
    return {"bias": vector[:3].copy(), "weight": vector[3:].reshape(2, 2).copy()}


def constant(rate):
    return [rate] * STEPS


def decaying(initial):
    return [initial * 0.96**step for step in range(STEPS)]


def lookahead_run(name, algorithm, options, step_of, *, note):
    """Runs a method that evaluates the gradient at theta + momentum * v, on a quadratic that the file holds."""
    matrix, vector = quadratic()
    theta, velocity, memory = flatten(INITIAL), np.zeros(7), np.zeros(7)
    gradients, parameters, points, velocities = [], [], [], []
    for step in range(STEPS):
        point = theta + options["momentum"] * velocity
        gradient = matrix @ point - vector
        velocity, memory = step_of(step, gradient, velocity, memory)
        theta = theta + velocity
        points.append(unflatten(point))
        gradients.append(unflatten(gradient))
        velocities.append(unflatten(velocity))
        parameters.append(unflatten(theta))
    write_trajectory(name, algorithm=algorithm, library="numpy transcription", version=VERSION, options=options, gradients=gradients, parameters=parameters,
        note=note, objective={"matrix": matrix, "vector": vector}, points=points, velocities=velocities)


def nesterov(name, rates, momentum):
    def step_of(step, gradient, velocity, memory):
        return momentum * velocity - rates[step] * gradient, memory

    varying = len(set(rates)) > 1
    lookahead_run(name, "nesterov", {"learningRate": rates if varying else rates[0], "momentum": momentum, "form": "look-ahead"}, step_of,
        note="Goodfellow, Bengio and Courville 2016, Algorithm 8.3: v = momentum * v - rate * gradient(theta + momentum * v); theta += v. `gradients` are taken at `points` = theta + momentum * v")


def rmsprop_nesterov(name, rates, momentum, decay, epsilon):
    def step_of(step, gradient, velocity, memory):
        memory = decay * memory + (1.0 - decay) * gradient * gradient
        return momentum * velocity - rates[step] / np.sqrt(epsilon + memory) * gradient, memory

    varying = len(set(rates)) > 1
    options = {"learningRate": rates if varying else rates[0], "momentum": momentum, "decay": decay, "epsilon": epsilon, "epsilonPlacement": "inside-root", "form": "look-ahead"}
    lookahead_run(name, "rmsprop-nesterov", options, step_of,
        note="Goodfellow, Bengio and Courville 2016, Algorithm 8.6, with epsilon added inside the root as in Algorithm 8.5 (the book's 8.6 has none: epsilon 0). `gradients` are taken at `points`")


def gradient_run(name, algorithm, options, step_of, *, rates, note, momentum_start=None):
    theta = {leaf: INITIAL[leaf].copy() for leaf in LEAVES}
    gradients, parameters = [], []
    for step, linear in enumerate(noise(STEPS)):
        gradient = numpy_gradient(theta, linear)
        theta = unflatten(step_of(step, flatten(theta), flatten(gradient), rates[step]))
        gradients.append(gradient)
        parameters.append(theta)
    varying = len(set(rates)) > 1
    write_trajectory(name, algorithm=algorithm, library="numpy transcription", version=VERSION, options={"learningRate": rates if varying else rates[0], **options},
        gradients=gradients, parameters=parameters, note=note)


def adagrad_book(name, rate, epsilon):
    accumulator = np.zeros(7)

    def step_of(step, theta, gradient, rate):
        accumulator[:] = accumulator + gradient * gradient
        return theta - rate / (epsilon + np.sqrt(accumulator)) * gradient

    gradient_run(name, "adagrad", {"epsilon": epsilon, "epsilonPlacement": "outside-root", "initialAccumulator": 0}, step_of, rates=constant(rate),
        note="Goodfellow, Bengio and Courville 2016, Algorithm 8.4")


def adam_of(beta1, beta2, epsilon):
    first, second = np.zeros(7), np.zeros(7)

    def direction(step, gradient):
        first[:] = beta1 * first + (1.0 - beta1) * gradient
        second[:] = beta2 * second + (1.0 - beta2) * gradient * gradient
        corrected_first = first / (1.0 - beta1 ** (step + 1))
        corrected_second = second / (1.0 - beta2 ** (step + 1))
        return corrected_first / (np.sqrt(corrected_second) + epsilon)

    return direction


def adam_book(name, rate):
    direction = adam_of(0.9, 0.999, 1e-8)
    gradient_run(name, "adam", {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}, lambda step, theta, gradient, rate: theta - rate * direction(step, gradient), rates=constant(rate),
        note="Goodfellow, Bengio and Courville 2016, Algorithm 8.7 = Kingma and Ba 2015, Algorithm 1")


def adamw_independent(name, rates, weight_decay):
    """Loshchilov and Hutter 2019, Algorithm 2, line 12: theta -= eta_t * (alpha * m / (sqrt(v) + eps) + lambda * theta)."""
    direction = adam_of(0.9, 0.999, 1e-8)
    base = rates[0]

    def step_of(step, theta, gradient, rate):
        multiplier = rate / base
        return theta - multiplier * (base * direction(step, gradient) + weight_decay * theta)

    options = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weightDecay": weight_decay, "weightDecayForm": "independent"}
    gradient_run(name, "adamw", options, step_of, rates=rates,
        note="Loshchilov and Hutter 2019, Algorithm 2: theta -= eta(t) * (alpha * adam + weightDecay * theta); alpha = learningRate[0], eta(t) = learningRate[t] / learningRate[0]")


def adamw_fixed_decay(name, rates, weight_decay):
    direction = adam_of(0.9, 0.999, 1e-8)
    options = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weightDecay": weight_decay, "weightDecayForm": "independent-constant"}
    gradient_run(name, "adamw", options, lambda step, theta, gradient, rate: theta - (rate * direction(step, gradient) + weight_decay * theta), rates=rates,
        note="the decay takes no part in the learning rate's schedule: theta -= rate(t) * adam + weightDecay * theta")


def delta_bar_delta(name, initial_rate, increase, decrease, theta_average):
    """Jacobs 1988, section 3.2 ("The delta-bar-delta learning rule"); one learning rate per weight.

    delta(t)     = dJ/dw at w(t)
    delta_bar(t) = (1 - theta) * delta(t) + theta * delta_bar(t - 1)
    rate(t + 1)  = rate(t) + kappa        if delta_bar(t - 1) * delta(t) > 0
                 = rate(t) - phi * rate(t) if delta_bar(t - 1) * delta(t) < 0
                 = rate(t)                 otherwise
    w(t + 1)     = w(t) - rate(t + 1) * delta(t)
    """
    rates, average, history = np.full(7, initial_rate), np.zeros(7), []

    def step_of(step, weights, delta, _):
        updated = weights.copy()
        for index in range(7):
            agreement = average[index] * delta[index]
            if agreement > 0.0:
                rates[index] = rates[index] + increase
            elif agreement < 0.0:
                rates[index] = rates[index] - decrease * rates[index]
            average[index] = (1.0 - theta_average) * delta[index] + theta_average * average[index]
            updated[index] = weights[index] - rates[index] * delta[index]
        history.append(rates.copy())
        return updated

    options = {"increase": increase, "decrease": decrease, "averaging": theta_average}
    gradient_run(name, "delta-bar-delta", options, step_of, rates=constant(initial_rate),
        note="Jacobs 1988: kappa = increase, phi = decrease (rate *= 1 - phi), theta = averaging; learningRate is the start of every weight's own rate; the step uses the rate after its change; delta_bar(-1) = 0")
    ups = sum(np.any(later > earlier) for earlier, later in zip(history, history[1:]))
    downs = sum(np.any(later < earlier) for earlier, later in zip(history, history[1:]))
    assert ups > 10 and downs > 10, "the trajectory must exercise both branches"


def generate():
    nesterov("nesterov-look-ahead", constant(0.2), 0.9)
    nesterov("nesterov-look-ahead-schedule", decaying(0.2), 0.9)
    rmsprop_nesterov("rmsprop-nesterov", constant(0.01), 0.9, 0.9, 1e-6)
    rmsprop_nesterov("rmsprop-nesterov-schedule", decaying(0.02), 0.8, 0.95, 1e-6)
    rmsprop_nesterov("rmsprop-nesterov-no-epsilon", constant(0.01), 0.9, 0.9, 0.0)
    adagrad_book("adagrad-book", 0.3, 1e-7)
    adam_book("adam-book", 0.05)
    adamw_independent("adamw-independent-schedule", decaying(0.05), 0.02)
    adamw_fixed_decay("adamw-independent-constant-schedule", decaying(0.05), 0.02)
    delta_bar_delta("delta-bar-delta", 0.02, 0.005, 0.3, 0.7)
    delta_bar_delta("delta-bar-delta-no-averaging", 0.02, 0.01, 0.5, 0.0)

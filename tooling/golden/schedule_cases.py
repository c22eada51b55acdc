"""Values of optax's schedules in f64 at many steps, and of two formulas of the book."""

import jax

jax.config.update("jax_enable_x64", True)

import numpy as np
import optax

from write import write

COUNTS = sorted({*range(0, 40), *range(40, 140, 7), 50, 99, 100, 101, 150, 199, 200, 201, 250, 500, 1000, 10_000})


def case(name, options, schedule, library="optax", note=None):
    values = [float(schedule(np.int64(count) if library == "optax" else count)) for count in COUNTS]
    header = {"name": name, "library": library, "version": optax.__version__ if library == "optax" else np.__version__, "dtype": "f64", "options": options}
    if note is not None:
        header["note"] = note
    write(f"schedule-{name}", {"header": header, "steps": COUNTS, "values": values})


def generate():
    case("constant", {"value": 0.3}, optax.constant_schedule(0.3))
    case("linear", {"initial": 0.5, "final": 0.005, "steps": 100}, optax.linear_schedule(0.5, 0.005, 100))
    case("linear-rising", {"initial": 0.1, "final": 0.9, "steps": 37}, optax.linear_schedule(0.1, 0.9, 37))
    case("linear-book", {"initial": 0.5, "final": 0.005, "steps": 100}, lambda k: (1 - min(k / 100, 1)) * 0.5 + min(k / 100, 1) * 0.005, "formula",
        "Goodfellow, Bengio and Courville 2016, equation 8.14")
    case("exponential", {"initial": 0.5, "decay": 0.8, "steps": 20}, optax.exponential_decay(0.5, 20, 0.8))
    case("exponential-staircase", {"initial": 0.5, "decay": 0.8, "steps": 20, "staircase": True}, optax.exponential_decay(0.5, 20, 0.8, staircase=True))
    case("exponential-minimum", {"initial": 0.5, "decay": 0.8, "steps": 20, "minimum": 0.1}, optax.exponential_decay(0.5, 20, 0.8, end_value=0.1))
    case("cosine", {"initial": 0.5, "steps": 100}, optax.cosine_decay_schedule(0.5, 100))
    case("cosine-final", {"initial": 0.5, "steps": 100, "final": 0.05}, optax.cosine_decay_schedule(0.5, 100, alpha=0.1))
    case("cosine-exponent", {"initial": 0.5, "steps": 100, "final": 0.05, "exponent": 2}, optax.cosine_decay_schedule(0.5, 100, alpha=0.1, exponent=2.0),
        note="optax raises the cosine part to the exponent before it mixes in alpha")
    case("inverse-time", {"initial": 0.5, "decay": 0.1, "steps": 10}, lambda k: 0.5 / (1 + 0.1 * k / 10), "formula", "initial / (1 + decay * step / steps)")
    case("inverse-time-staircase", {"initial": 0.5, "decay": 0.1, "steps": 10, "staircase": True}, lambda k: 0.5 / (1 + 0.1 * (k // 10)), "formula", "initial / (1 + decay * floor(step / steps))")
    case("warmup-cosine", {"warmup": {"steps": 20, "initial": 0.01}, "cosine": {"initial": 0.5, "steps": 100, "final": 0.05}},
        optax.join_schedules([optax.linear_schedule(0.01, 0.5, 20), optax.cosine_decay_schedule(0.5, 100, alpha=0.1)], [20]),
        note="join_schedules of linear_schedule and cosine_decay_schedule at step 20; the second counts its steps from 0")
    case("join", {"until": [10, 30], "constant": 0.3, "linear": {"initial": 0.3, "final": 0.1, "steps": 20}, "exponential": {"initial": 0.1, "decay": 0.9, "steps": 5}},
        optax.join_schedules([optax.constant_schedule(0.3), optax.linear_schedule(0.3, 0.1, 20), optax.exponential_decay(0.1, 5, 0.9)], [10, 30]))
    case("polynomial", {"initial": 0.5, "final": 0.05, "power": 2, "steps": 100}, optax.polynomial_schedule(0.5, 0.05, 2, 100))
    case("piecewise-constant", {"initial": 0.5, "scales": {"30": 0.5, "60": 0.1}}, optax.piecewise_constant_schedule(0.5, {30: 0.5, 60: 0.1}),
        note="from step 30 the value is multiplied by 0.5, from step 60 by 0.1 as well")

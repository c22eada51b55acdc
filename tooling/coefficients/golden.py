"""Reference values of packages/core/test/wasm/math-golden.json: `python3 golden.py > math-golden.json` (needs mpmath).

Each row holds an argument and the function's value as the sum of two doubles, so that errors below one unit in the last place can be measured.
"""
import json
import random

import mpmath
from mpmath import cos, exp, log, log1p, mp, mpf, sin, tanh

mp.prec = 300
SEED = 7
COUNT = 150


def power_of_two(low, high, signed=True):
    """A number whose exponent is uniform."""
    x = 2.0 ** random.uniform(low, high)
    return -x if signed and random.random() < 0.5 else x


def angle():
    multiple = float(mp.pi / 2 * random.randint(-900000, 900000))
    return random.choice([random.uniform(-10, 10), random.uniform(-1.5e6, 1.5e6), multiple, power_of_two(-70, 20)])


FUNCTIONS = {
    "exp": (exp, lambda: random.choice([random.uniform(-745, 709), random.uniform(-5, 5), power_of_two(-60, 9)])),
    "log": (log, lambda: random.choice([random.uniform(0.5, 2), power_of_two(-1074, 1023, False), random.uniform(0.99, 1.01)])),
    "log1p": (log1p, lambda: random.choice([random.uniform(-0.9999, 2), power_of_two(-70, 1000, False), power_of_two(-70, -1)])),
    "tanh": (tanh, lambda: random.choice([random.uniform(-20, 20), random.uniform(-1, 1), power_of_two(-70, 4)])),
    "sigmoid": (lambda x: 1 / (1 + exp(-x)), lambda: random.choice([random.uniform(-740, 40), random.uniform(-5, 5), power_of_two(-70, 4)])),
    "sin": (sin, angle),
    "cos": (cos, angle),
}

random.seed(SEED)
table = {}
for name, (function, draw) in FUNCTIONS.items():
    rows = []
    for _ in range(COUNT):
        x = draw()
        value = function(mpf(x))
        high = float(value)
        rows.append([x, high, float(value - mpf(high))])
    table[name] = rows
print(json.dumps({"source": f"mpmath {mpmath.__version__}, 300 bits", "seed": SEED, "functions": table}))

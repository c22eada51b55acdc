"""Writes one golden file: compact JSON with 17 significant digits (f64) or 9 (f32), which read back exactly."""

import json
from pathlib import Path

import numpy as np

from problem import INITIAL, LEAVES, SEED

DATA = Path(__file__).parent / "data"
STEPS = 60


def plain(value, digits):
    if isinstance(value, dict):
        return {name: plain(item, digits) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, digits) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist(), digits)
    if isinstance(value, (float, np.floating)):
        return float(f"{float(value):.{digits}g}")
    return value


def write(name, document, digits=17):
    text = json.dumps(plain(document, digits), separators=(",", ":"), allow_nan=False)
    assert len(text) < 60_000, (name, len(text))
    (DATA / f"{name}.json").write_text(text + "\n")


def write_trajectory(name, *, algorithm, library, version, dtype="f64", options, gradients, parameters, note=None, **more):
    assert len(gradients) == len(parameters) >= 50
    finite = all(np.all(np.isfinite(point[leaf])) for point in parameters for leaf in LEAVES)
    assert finite, name
    header = {"name": name, "algorithm": algorithm, "library": library, "version": version, "dtype": dtype, "seed": SEED, "options": options}
    if note is not None:
        header["note"] = note
    document = {"header": header, "initial": INITIAL, **more, "gradients": gradients, "parameters": parameters}
    write(name, document, 17 if dtype == "f64" else 9)

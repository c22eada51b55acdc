"""Writes every golden file anew: `python generate.py`."""

import averaging_cases
import batchnorm_cases
import diagnostics_cases
import distillation_cases
import keras_cases
import lbfgs_cases
import nn_cases
import optax_cases
import schedule_cases
import scipy_cases
import sklearn_cases
import torch_cases
import transcribed_cases
from write import DATA

if __name__ == "__main__":
    DATA.mkdir(exist_ok=True)
    for file in DATA.glob("*.json"):
        file.unlink()
    for cases in (torch_cases, optax_cases, keras_cases, transcribed_cases, schedule_cases, nn_cases, batchnorm_cases, sklearn_cases, averaging_cases, distillation_cases, scipy_cases, diagnostics_cases, lbfgs_cases):
        cases.generate()
    files = sorted(DATA.rglob("*.json"))
    print(f"{len(files)} files, {sum(file.stat().st_size for file in files)} bytes")

"""Lasso, sparse codes and dictionaries by scikit-learn in f64, written to data/strategies/."""

import json

import numpy as np
import sklearn
from sklearn.decomposition import dict_learning, sparse_encode
from sklearn.linear_model import Lasso

from write import DATA, plain

SEED = 20161120


def write(name, document, note):
    folder = DATA / "strategies"
    folder.mkdir(exist_ok=True)
    header = {"name": name, "library": "scikit-learn", "version": sklearn.__version__, "dtype": "f64", "seed": SEED, "note": note}
    text = json.dumps(plain({"header": header, **document}, 17), separators=(",", ":"), allow_nan=False)
    assert len(text) < 60_000, (name, len(text))
    (folder / f"{name}.json").write_text(text + "\n")


def lasso_case(random, rows, columns, correlation, shares):
    """A design whose columns share a part, a sparse truth, and solutions for shares of the largest penalty."""
    design = random.standard_normal((rows, columns)) + correlation * random.standard_normal((rows, 1))
    truth = np.where(np.arange(columns) % 4 == 0, random.standard_normal(columns), 0)
    target = design @ truth + 0.1 * random.standard_normal(rows)
    solutions = []
    for share in shares:
        penalty = share * np.max(np.abs(design.T @ target))
        model = Lasso(alpha=penalty / rows, fit_intercept=False, tol=1e-15, max_iter=1_000_000).fit(design, target)
        residual = target - design @ model.coef_
        objective = 0.5 * residual @ residual + penalty * np.sum(np.abs(model.coef_))
        solutions.append({"penalty": penalty, "coefficients": model.coef_, "objective": objective})
    return {"design": design, "target": target, "solutions": solutions}


def coding_objective(data, codes, dictionary, penalty):
    return penalty * np.sum(np.abs(codes)) + np.sum((data - codes @ dictionary) ** 2)


def sparse_codes(random):
    data = random.standard_normal((20, 8))
    dictionary = random.standard_normal((12, 8))
    dictionary /= np.linalg.norm(dictionary, axis=1, keepdims=True)
    cases = []
    for penalty in [0.2, 1.0, 4.0]:
        codes = sparse_encode(data, dictionary, algorithm="lasso_lars", alpha=penalty / 2, max_iter=10_000)
        cases.append({"penalty": penalty, "codes": codes, "objective": coding_objective(data, codes, dictionary, penalty)})
    write("sparse-encode", {"data": data, "dictionary": dictionary, "cases": cases}, "sparse_encode with lasso_lars, which is exact; alpha = penalty / 2")


def dictionaries(random):
    atoms, length, rows = 10, 6, 60
    truth = random.standard_normal((atoms, length))
    truth /= np.linalg.norm(truth, axis=1, keepdims=True)
    active = random.uniform(size=(rows, atoms)) < 0.2
    data = np.where(active, 2 * random.standard_normal((rows, atoms)), 0) @ truth + 0.02 * random.standard_normal((rows, length))
    start = random.standard_normal((atoms, length))
    start /= np.linalg.norm(start, axis=1, keepdims=True)
    cases = []
    for penalty in [0.2, 1.0]:
        first = sparse_encode(data, start, algorithm="lasso_lars", alpha=penalty / 2, max_iter=10_000)
        codes, dictionary, costs = dict_learning(
            data, atoms, alpha=penalty / 2, max_iter=2000, tol=1e-10, method="cd", dict_init=start, code_init=first, random_state=SEED, method_max_iter=20_000,
        )
        cases.append({
            "penalty": penalty, "firstObjective": coding_objective(data, first, start, penalty), "objectiveAfterRound": 2 * costs[0],
            "objective": coding_objective(data, codes, dictionary, penalty), "dictionary": dictionary,
        })
    write("dictionary-learning", {"data": data, "start": start, "cases": cases}, "dict_learning with method cd from `start`; alpha = penalty / 2; atoms within the unit ball, one step for each in a round")


def generate():
    random = np.random.default_rng(SEED)
    cases = [
        lasso_case(random, 40, 12, 0.5, [1.0, 0.5, 0.1, 0.01]),
        lasso_case(random, 20, 40, 0.0, [0.9, 0.3, 0.05]),
        lasso_case(random, 60, 10, 3.0, [0.1, 0.001]),
    ]
    write("lasso", {"cases": cases}, "Lasso(fit_intercept=False, tol=1e-15); alpha = penalty / rows; objective 1/2 |y - Xw|^2 + penalty |w|_1")
    sparse_codes(random)
    dictionaries(random)

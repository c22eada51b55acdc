"""torch.optim.LBFGS with its strong Wolfe search on one full batch: the loss and the evaluations after each iteration, in f64."""

import numpy as np
import torch

from write import DATA, write

VERSION = torch.__version__.split("+")[0]
EXAMPLES, INPUTS, HIDDEN, CLASSES = 60, 4, 8, 3
ITERATIONS = 60
HISTORY = 10

# More threads cost more than they give at this size.
torch.set_num_threads(1)


def data(random):
    centers = random.standard_normal((CLASSES, INPUTS))
    targets = np.arange(EXAMPLES) % CLASSES
    return np.round(centers[targets] + 0.8 * random.standard_normal((EXAMPLES, INPUTS)), 4), targets


def minimize(initial, inputs, targets, decay, iterations):
    """Mean cross-entropy of tanh layers plus decay / 2 times the sum of all squared weights."""
    layers = [{name: torch.tensor(value, requires_grad=True) for name, value in layer.items()} for layer in initial]
    leaves = [leaf for layer in layers for leaf in layer.values()]
    x, y = torch.tensor(inputs), torch.tensor(targets)

    def loss():
        h = x
        for index, layer in enumerate(layers):
            h = h @ layer["weight"] + layer["bias"]
            h = torch.tanh(h) if index + 1 < len(layers) else h
        return torch.nn.functional.cross_entropy(h, y) + decay / 2 * sum((layer["weight"] ** 2).sum() for layer in layers)

    optimizer = torch.optim.LBFGS(
        leaves, lr=1, max_iter=iterations, max_eval=100_000, history_size=HISTORY, tolerance_grad=0, tolerance_change=0, line_search_fn="strong_wolfe"
    )

    def closure():
        optimizer.zero_grad()
        value = loss()
        value.backward()
        return value

    if iterations > 0:
        optimizer.step(closure)
    return loss().item(), optimizer.state[leaves[0]].get("func_evals", 0)


def run(initial, inputs, targets, decay):
    """Each number of iterations is a run of its own, from the start."""
    results = [minimize(initial, inputs, targets, decay, iterations) for iterations in range(ITERATIONS + 1)]
    return {"losses": [loss for loss, _ in results], "evaluations": [count for _, count in results]}


def layer(random, rows, columns):
    return {"weight": np.round(random.standard_normal((rows, columns)) / np.sqrt(rows), 4), "bias": np.zeros(columns)}


def generate():
    (DATA / "second-order").mkdir(exist_ok=True)
    random = np.random.default_rng(20161118)
    inputs, targets = data(random)
    cases = []
    for name, sizes, decay in (("softmax regression", (INPUTS, CLASSES), 0.01), ("tanh network", (INPUTS, HIDDEN, CLASSES), 0.01)):
        initial = [layer(random, rows, columns) for rows, columns in zip(sizes, sizes[1:])]
        cases.append({"name": name, "initial": initial, "decay": decay, **run(initial, inputs, targets, decay)})
    header = {"name": "lbfgs", "library": "torch", "version": VERSION, "dtype": "f64", "options": {"history": HISTORY, "lineSearch": "strong_wolfe"}}
    write("second-order/torch-lbfgs", {"header": header, "inputs": inputs, "targets": targets, "cases": cases})


if __name__ == "__main__":
    generate()

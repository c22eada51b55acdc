"""PyTorch's programs."""

import math
import os

import torch

from serve import inputs, labels, network, sample, serve

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))


def tensor(shape, seed, dtype=torch.float32, scale=1.0):
    return torch.tensor(inputs(math.prod(shape), seed) * scale, dtype=dtype).reshape(shape)


def matmul(options):
    size, form = options["size"], options["form"]
    dtype = {"f32": torch.float32, "f64": torch.float64}[options["dtype"]]
    left = [tensor((size, size), 1 + k, dtype) for k in range(2)]
    right = [tensor((size, size), 11 + k, dtype) for k in range(2)]

    def run(turn):
        a, b = left[turn % 2], right[turn % 2]
        return torch.matmul(a.T if form == "AᵀB" else a, b.T if form == "ABᵀ" else b)

    return lambda: sample(run(0).detach()), run


def optimizer_of(name, parameters):
    optim = torch.optim
    if name.startswith("adamw-clip"):
        return optim.AdamW(parameters, lr=0.001, weight_decay=0.01, fused=True)
    return {
        "sgd": lambda: optim.SGD(parameters, lr=0.01, fused=True),
        "momentum": lambda: optim.SGD(parameters, lr=0.01, momentum=0.9, fused=True),
        "nesterov": lambda: optim.SGD(parameters, lr=0.01, momentum=0.9, nesterov=True, fused=True),
        "adagrad": lambda: optim.Adagrad(parameters, lr=0.01, eps=1e-7, fused=True),
        "rmsprop": lambda: optim.RMSprop(parameters, lr=0.001, alpha=0.9, eps=1e-8),
        "adam": lambda: optim.Adam(parameters, lr=0.001),
        "adam-fused": lambda: optim.Adam(parameters, lr=0.001, fused=True),
        "adamw-fused": lambda: optim.AdamW(parameters, lr=0.001, weight_decay=0.01, fused=True),
    }[name]()


def update(options):
    """One optimizer step over a parameter vector with gradients that are given."""
    count, name = options["count"], options["optimizer"]
    parameters = tensor((count,), 1).requires_grad_()
    gradients = [tensor((count,), 2 + k) for k in range(3)]
    optimizer = optimizer_of(name, [parameters])
    clip = name.startswith("adamw-clip")

    def run(turn):
        parameters.grad = gradients[turn % 3]
        if clip:
            # Clipping writes into the gradient, which the next turns need as it was.
            norm = torch.linalg.vector_norm(parameters.grad)
            parameters.grad = parameters.grad * torch.clamp(1.0 / (norm + 1e-6), max=1.0)
            optimizer.param_groups[0]["lr"] = 0.001 * 0.999**turn
        optimizer.step()

    def answer():
        for turn in range(3):
            run(turn)
        return sample(parameters.detach())

    return answer, run


def softmax_cross_entropy(options):
    batch, classes = options["batch"], options["classes"]
    logits = [tensor((batch, classes), 1 + k, scale=8.0).requires_grad_() for k in range(3)]
    target = torch.tensor(labels(batch, classes))

    def run(turn):
        z = logits[turn % 3]
        z.grad = None
        loss = torch.nn.functional.cross_entropy(z, target)
        loss.backward()
        return loss

    def answer():
        loss = run(0)
        return [loss.item(), *sample(logits[0].grad)]

    return answer, run


def parameters_of(sizes):
    return [tuple(torch.tensor(leaf, dtype=torch.float32, requires_grad=True) for leaf in layer) for layer in network(sizes)]


def forward(layers, x, activation):
    for index, (weight, bias) in enumerate(layers):
        x = torch.addmm(bias, x, weight)
        if index < len(layers) - 1:
            x = activation(x)
    return x


def train(options):
    torch.set_num_threads(options.get("threads", 1))
    """One training step of a multilayer perceptron with Adam."""
    sizes, batch = options["sizes"], options["batch"]
    activation = {"relu": torch.relu, "tanh": torch.tanh}[options["activation"]]
    layers = parameters_of(sizes)
    flat = [leaf for layer in layers for leaf in layer]
    optimizer = optimizer_of(options["optimizer"], flat)
    xs = [tensor((batch, sizes[0]), 1 + k) for k in range(3)]
    classify = options["loss"] == "softmax-cross-entropy"
    targets = torch.tensor(labels(batch, sizes[-1])) if classify else tensor((batch, sizes[-1]), 9)

    def run(turn):
        optimizer.zero_grad(set_to_none=True)
        out = forward(layers, xs[turn % 3], activation)
        loss = torch.nn.functional.cross_entropy(out, targets) if classify else torch.nn.functional.mse_loss(out, targets)
        loss.backward()
        optimizer.step()
        return loss

    def answer():
        losses = [run(turn).item() for turn in range(10)]
        return [*losses, *sample(layers[0][0].detach())]

    return answer, run


def elementwise(options):
    function = {"exp": torch.exp, "log": torch.log, "tanh": torch.tanh}[options["function"]]
    count = options["count"]
    xs = [tensor((count,), 1 + k) * 8 for k in range(3)]
    if options["function"] == "log":
        xs = [x.abs() + 0.01 for x in xs]
    return lambda: sample(function(xs[0])), lambda turn: function(xs[turn % 3])


def hessian_vector(options):
    sizes, batch = options["sizes"], options["batch"]
    layers = parameters_of(sizes)
    flat = [leaf for layer in layers for leaf in layer]
    direction = [tensor(leaf.shape, 200 + index) for index, leaf in enumerate(flat)]
    xs = [tensor((batch, sizes[0]), 1 + k) for k in range(3)]
    target = tensor((batch, sizes[-1]), 9)

    def run(turn):
        loss = torch.nn.functional.mse_loss(forward(layers, xs[turn % 3], torch.tanh), target)
        gradient = torch.autograd.grad(loss, flat, create_graph=True)
        return torch.autograd.grad(gradient, flat, grad_outputs=direction)

    return lambda: sample(run(0)[2].detach()), run


PROGRAMS = {
    "matmul": matmul,
    "update": update,
    "softmax-cross-entropy": softmax_cross_entropy,
    "train": train,
    "elementwise": elementwise,
    "hessian-vector": hessian_vector,
}

serve(PROGRAMS)

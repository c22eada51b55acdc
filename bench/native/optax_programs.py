"""Programs of optax, under JAX's jit on one thread."""

import os

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax
import jax.numpy as jnp
import optax

from serve import inputs, labels, network, sample, serve


def array(shape, seed):
    count = 1
    for length in shape:
        count *= length
    return jnp.asarray(inputs(count, seed).reshape(shape), dtype=jnp.float32)


OPTIMIZERS = {
    "adam": lambda: optax.adam(0.001),
    "chain": lambda: optax.chain(
        optax.clip_by_global_norm(1.0),
        optax.adamw(lambda step: 0.001 * 0.999**step, weight_decay=0.01),
    ),
}


def update(options):
    """One optimizer step over a parameter vector with gradients that are given."""
    count = options["count"]
    optimizer = OPTIMIZERS[options["optimizer"]]()
    gradients = [array((count,), 2 + k) for k in range(3)]
    parameters = array((count,), 1)
    state = optimizer.init(parameters)

    def step(current, before, gradient):
        updates, after = optimizer.update(gradient, before, current)
        return optax.apply_updates(current, updates), after

    step = jax.jit(step, donate_argnums=(0, 1))

    def run(turn):
        nonlocal parameters, state
        parameters, state = step(parameters, state, gradients[turn % 3])
        parameters.block_until_ready()

    def answer():
        for turn in range(3):
            run(turn)
        return sample(parameters)

    return answer, run


def train(options):
    """One training step of a multilayer perceptron with Adam."""
    sizes, batch = options["sizes"], options["batch"]
    activation = {"relu": jax.nn.relu, "tanh": jnp.tanh}[options["activation"]]
    classify = options["loss"] == "softmax-cross-entropy"
    xs = [array((batch, sizes[0]), 1 + k) for k in range(3)]
    targets = jnp.asarray(labels(batch, sizes[-1])) if classify else array((batch, sizes[-1]), 9)
    parameters = jax.tree.map(lambda leaf: jnp.asarray(leaf, dtype=jnp.float32), network(sizes))
    optimizer = optax.adam(0.001)
    state = optimizer.init(parameters)

    def loss_of(layers, x):
        for index, (weight, bias) in enumerate(layers):
            x = x @ weight + bias
            if index < len(layers) - 1:
                x = activation(x)
        if classify:
            return optax.softmax_cross_entropy_with_integer_labels(x, targets).mean()
        return jnp.mean((x - targets) ** 2)

    def step(current, before, x):
        loss, gradient = jax.value_and_grad(loss_of)(current, x)
        updates, after = optimizer.update(gradient, before, current)
        return optax.apply_updates(current, updates), after, loss

    step = jax.jit(step, donate_argnums=(0, 1))

    def run(turn):
        nonlocal parameters, state
        parameters, state, loss = step(parameters, state, xs[turn % 3])
        return loss.block_until_ready()

    def answer():
        losses = [float(run(turn)) for turn in range(10)]
        return [*losses, *sample(parameters[0][0])]

    return answer, run


serve({"update": update, "train": train})

"""What the Python contenders share: the common inputs, and the loop that answers each line of standard input with a line of JSON.

A line is {"id", "do": "make" | "answer" | "time" | "forget", ...}. A program takes the options of its case and returns (answer, run);
`run(turn)` does the work once.
"""

import json
import os
import sys
import time

import numpy as np

# The time of the whole process, because some libraries compute in a thread of their own.
clock = time.process_time if os.environ.get("OPT_BENCH_CLOCK") == "cpu" else time.perf_counter


def inputs(count, seed):
    """The numbers that every contender starts from: ../src/inputs.ts has the same lines."""
    x = (np.arange(count, dtype=np.uint64) + np.uint64(seed * 0x9E3779B1 & 0xFFFFFFFF)).astype(np.uint32)
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B)
    x = x ^ (x >> np.uint32(16))
    return x.astype(np.float64) / 4294967296.0 - 0.5


def labels(count, classes):
    return [(index * 7 + 3) % classes for index in range(count)]


def sample(values, most=1000):
    flat = np.asarray(values, dtype=np.float64).reshape(-1)
    return flat[:: max(1, flat.size // most)].tolist()


def network(sizes):
    """Weights of a fully connected network in Glorot's uniform range, and biases of zero."""
    layers = []
    for index, (rows, columns) in enumerate(zip(sizes, sizes[1:])):
        weight = inputs(rows * columns, 100 + index).reshape(rows, columns) * (2 * (6 / (rows + columns)) ** 0.5)
        layers.append((weight, np.zeros(columns)))
    return layers


def serve(programs):
    made, turn = {}, 0
    for line in sys.stdin:
        request = json.loads(line)
        reply = None
        if request["do"] == "make":
            made[request["id"]] = programs[request["program"]](request["options"])
        elif request["do"] == "answer":
            reply = made[request["id"]][0]()
        elif request["do"] == "forget":
            del made[request["id"]]
        else:
            run = made[request["id"]][1]
            start = clock()
            for _ in range(request["count"]):
                run(turn)
                turn += 1
            reply = clock() - start
        print(json.dumps(reply), flush=True)

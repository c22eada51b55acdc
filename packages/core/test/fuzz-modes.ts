import { compile, evaluate, fromArray, grad, setBackend, tensor } from "@opt/core";
import type { BackendChoice, Tensor } from "@opt/core";
import type { Program } from "./program.ts";
import { buildNodes, buildOutputs, inputTensors, showProgram } from "./program.ts";
import { randomSource } from "./random-source.ts";
import type { Expected, UlpsOf } from "./reference.ts";
import { difference, evaluateReference } from "./reference.ts";

/** Where programs run, and how exactly it computes. */
export interface FuzzTarget {
  readonly backend: BackendChoice;
  /** Default as exactly as the CPU. */
  readonly ulpsOf?: UlpsOf;
}

/** Checks a program one way; returns what is wrong, or undefined. */
type Mode = (program: Program, target: FuzzTarget) => Promise<string | undefined>;

async function compareAll(expected: readonly Expected[], actual: readonly Tensor[]): Promise<string | undefined> {
  for (const [index, tensorRead] of actual.entries()) {
    const wanted = expected[index];
    const why = wanted === undefined ? "no reference" : difference(wanted, tensorRead, await tensorRead.read());
    if (why !== undefined) return `output ${String(index)}: ${why}`;
  }
  return undefined;
}

/** Each output read on its own, without compile. */
const lazy: Mode = async (program, { backend, ulpsOf }) => {
  const expected = evaluateReference(buildOutputs(program, inputTensors(program)), ulpsOf);
  const outputs = buildOutputs(program, inputTensors(program));
  // What a tensor is computed on is decided when reading starts.
  setBackend(backend);
  const reads = outputs.map((output) => output.read());
  setBackend("cpu");
  await Promise.all(reads);
  return compareAll(expected, outputs);
};

/** All outputs in one compiled plan, called twice. */
const compiled: Mode = async (program, { backend, ulpsOf }) => {
  const expected = evaluateReference(buildOutputs(program, inputTensors(program)), ulpsOf);
  const run = compile((inputs: readonly Tensor[]) => buildOutputs(program, inputs), { donate: [], backend });
  const inputs = inputTensors(program);
  const first = run(inputs);
  const second = run(inputs);
  return (await compareAll(expected, second)) ?? compareAll(expected, first);
};

function isFloat({ dtype }: { readonly dtype: string }): boolean {
  return dtype === "f32" || dtype === "f64";
}

/** The inputs come back, replaced by nodes of their shape and dtype: plain, swapped, as views or unchanged. */
function nextState(program: Program, state: readonly Tensor[]): { next: Tensor[]; outputs: Tensor[] } {
  const random = randomSource(program.seed + 1e9);
  const nodes = buildNodes(program, state);
  const next = state.map((input) => {
    const fitting = nodes.filter((node) => node.dtype === input.dtype && node.shape.join() === input.shape.join());
    const chosen = random.pick(fitting);
    const isSquare = chosen.rank === 2 && chosen.shape[0] === chosen.shape[1] && chosen.dtype !== "i32";
    return isSquare && random.chance(0.3) ? chosen.sub(chosen.transpose().mul(0.1)) : chosen;
  });
  return { next, outputs: program.outputs.flatMap((output) => nodes[output] ?? []) };
}

/** One step: the next state, and what else is computed from state and rate. */
type Step = (state: readonly Tensor[], rate: number) => { readonly next: readonly Tensor[]; readonly outputs: readonly Tensor[] };

/** Three steps that update their state in place, with a number that changes from call to call. */
function inPlace(stepOf: (body: Step, backend: BackendChoice) => Step): Mode {
  return async (program, { backend, ulpsOf }) => {
    const body: Step = (state, rate) => {
      const { next, outputs } = nextState(program, state);
      return { next, outputs: outputs.map((output) => (isFloat(output) ? output.mul(rate) : output)) };
    };
    const step = stepOf(body, backend);
    let state: readonly Tensor[] = inputTensors(program);
    for (const rate of [1.5, -0.25, 2]) {
      const copies = await Promise.all(state.map(async (input) => fromArray(await input.read(), input.shape)));
      const wanted = body(copies, rate);
      const expected = evaluateReference([...wanted.next, ...wanted.outputs], ulpsOf);
      const actual = step(state, rate);
      const why = await compareAll(expected, [...actual.next, ...actual.outputs]);
      if (why !== undefined) return `rate ${String(rate)}, ${String(actual.next.length)} states first: ${why}`;
      state = actual.next;
    }
    return undefined;
  };
}

const donated = inPlace((body, backend) => compile(body, { backend }));

const donatedLazily = inPlace((body, backend) => (state, rate) => {
  const result = body(state, rate);
  setBackend(backend);
  evaluate(result, { donate: state });
  setBackend("cpu");
  return result;
});

/** The gradient of a weighted sum of the last floating-point output, as a graph of its own. */
const gradient: Mode = async (program, { backend, ulpsOf }) => {
  const lossOf = (floats: readonly Tensor[]): Tensor => {
    let position = 0;
    const inputs = program.inputs.map((spec) => (isFloat(spec) ? (floats[position++] ?? tensor(0)) : tensor([...spec.elements], spec)));
    const nodes = buildNodes(program, inputs).filter(isFloat);
    const loss = nodes.at(-1) ?? tensor(0);
    return loss.mul(0.5).sum();
  };
  const parameters = (): Tensor[] => inputTensors(program).filter(isFloat);
  if (parameters().length === 0) return undefined;
  const expected = evaluateReference(grad(lossOf)(parameters()), ulpsOf);
  return compareAll(expected, compile(grad(lossOf), { donate: [], backend })(parameters()));
};

/** The ways in which every program is checked. */
const modes: Readonly<Record<string, Mode>> = { lazy, compiled, donated, donatedLazily, gradient };

/** Runs a mode; an error counts as a failure. */
async function attempt(mode: Mode, program: Program, target: FuzzTarget): Promise<string | undefined> {
  try {
    return await mode(program, target);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** A smaller program that still fails: fewer outputs, fewer instructions. */
async function shrink(mode: Mode, program: Program, target: FuzzTarget): Promise<Program> {
  const candidates: Program[] = [
    ...program.outputs.map((output) => ({ ...program, outputs: program.outputs.filter((other) => other !== output) })),
    { ...program, instructions: program.instructions.slice(0, -1) },
  ].map((candidate) => {
    const last = candidate.inputs.length + candidate.instructions.length - 1;
    return { ...candidate, outputs: candidate.outputs.map((output) => Math.min(output, last)) };
  });
  for (const candidate of candidates) {
    const isSmaller = candidate.outputs.length > 0 && candidate.instructions.length + candidate.outputs.length < program.instructions.length + program.outputs.length;
    if (isSmaller && (await attempt(mode, candidate, target)) !== undefined) return shrink(mode, candidate, target);
  }
  return program;
}

/** Checks a program in every mode; returns a report of the first failure, shrunk, with seed and graph. */
export async function findFailure(program: Program, target: FuzzTarget): Promise<string | undefined> {
  for (const [name, mode] of Object.entries(modes)) {
    if ((await attempt(mode, program, target)) === undefined) continue;
    const small = await shrink(mode, program, target);
    return `${name}: ${(await attempt(mode, small, target)) ?? "passes after shrinking"}\n${showProgram(small)}`;
  }
  return undefined;
}

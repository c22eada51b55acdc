import { tensor } from "@opt/core";
import type { DType, Shape, Tensor } from "@opt/core";

/** One operation of a program: how it reads, and what it does with the results before it. */
export interface Instruction {
  readonly text: string;
  readonly build: (nodes: readonly Tensor[]) => Tensor;
}

/** What an input holds. */
export interface InputSpec {
  readonly shape: Shape;
  readonly dtype: Exclude<DType, "bool">;
  readonly elements: readonly number[];
}

/** A random program: nodes are the inputs followed by the results of the instructions. */
export interface Program {
  readonly seed: number;
  readonly inputs: readonly InputSpec[];
  readonly instructions: readonly Instruction[];
  readonly outputs: readonly number[];
}

/** The tensors of a program's inputs. */
export function inputTensors(program: Program): Tensor[] {
  return program.inputs.map(({ shape, dtype, elements }) => tensor([...elements], { shape, dtype }));
}

/** Builds a program's nodes on given inputs. */
export function buildNodes(program: Program, inputs: readonly Tensor[]): Tensor[] {
  const nodes = [...inputs];
  for (const { build } of program.instructions) nodes.push(build(nodes));
  return nodes;
}

/** Builds the outputs of a program on given inputs. */
export function buildOutputs(program: Program, inputs: readonly Tensor[]): Tensor[] {
  const nodes = buildNodes(program, inputs);
  return program.outputs.flatMap((output) => nodes[output] ?? []);
}

/** Writes a program for people. */
export function showProgram({ seed, inputs, instructions, outputs }: Program): string {
  const lines = inputs.map(({ shape, dtype, elements }, index) => `n${String(index)} = input ${dtype}[${shape.join()}] ${elements.slice(0, 8).join(" ")} …`);
  instructions.forEach(({ text }, index) => lines.push(`n${String(index + inputs.length)} = ${text}`));
  return [`seed ${String(seed)}`, ...lines, `outputs ${outputs.map((output) => `n${String(output)}`).join(", ")}`].join("\n");
}

import { readFileSync } from "node:fs";
import type { NestedNumbers, Tensor } from "@opt/core";
import { tanh, tensor } from "@opt/core";
import { mlp } from "@opt/nn";
import type { MlpParams } from "@opt/nn";
import type { Tap } from "../src/index.ts";

/** A golden file that tooling/golden/diagnostics_cases.py made with PyTorch or NumPy. */
export function goldenFile<Contents>(name: string): Contents {
  const file = new URL(`../../../tooling/golden/data/diagnostics/${name}.json`, import.meta.url);
  // The file comes from our own generator.
  return JSON.parse(readFileSync(file, "utf8")) as Contents;
}

/** The statistics of a tensor that the golden file has. */
interface GoldenRange {
  readonly mean: number;
  readonly standardDeviation: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly norm: number;
}

interface GoldenNetwork {
  readonly sizes: readonly number[];
  readonly parameters: Readonly<Record<string, NestedNumbers>>;
  readonly other: Readonly<Record<string, NestedNumbers>>;
  readonly inputs: readonly (readonly number[])[];
  readonly targets: readonly (readonly number[])[];
  readonly curvature: { readonly loss: number; readonly squaredGradientNorm: number; readonly curvature: number; readonly learningRate: number; readonly measuredChange: number };
  readonly eigenvalues: readonly number[];
  readonly trace: number;
  readonly noise: { readonly variance: number; readonly gradientNorm: number; readonly standardError: number; readonly noiseScale: number };
  readonly layers: readonly { readonly activation: GoldenRange; readonly gradient: GoldenRange; readonly saturated: number }[];
  readonly line: { readonly positions: readonly number[]; readonly losses: readonly number[] };
}

/** Inputs and targets of some examples. */
export type Examples = { readonly x: Tensor; readonly y: Tensor };

/** The network that PyTorch looked at. */
export const golden: GoldenNetwork = goldenFile("network");

function paramsOf(tensors: Readonly<Record<string, NestedNumbers>>): MlpParams {
  const doubles = (name: string): Tensor => tensor(tensors[name] ?? [], { dtype: "f64" });
  return { layers: golden.sizes.slice(1).map((_, layer) => ({ weight: doubles(`weight${String(layer)}`), bias: doubles(`bias${String(layer)}`) })) };
}

function examplesFrom(start: number, end: number): Examples {
  const rows = (of: readonly (readonly number[])[]): Tensor => tensor(of.slice(start, end), { dtype: "f64" });
  return { x: rows(golden.inputs), y: rows(golden.targets) };
}

export const params: MlpParams = paramsOf(golden.parameters);
export const other: MlpParams = paramsOf(golden.other);
export const allExamples: Examples = examplesFrom(0, golden.inputs.length);

/** The examples in batches. */
export function batchesOf(size: number): Examples[] {
  return Array.from({ length: Math.floor(golden.inputs.length / size) }, (_, index) => examplesFrom(index * size, (index + 1) * size));
}

/** The network's loss, with its hidden layers marked where a tap is given. */
export function tappedLoss(at: MlpParams, { x, y }: Examples, tap: Tap = (_name, value) => value): Tensor {
  const model = mlp({ sizes: golden.sizes, activation: (hidden) => tap("hidden", tanh(hidden), { limits: [-1, 1] }) });
  return model.apply(at, x).sub(y).pow(2).mean();
}

/** The network's loss. */
export function loss(at: MlpParams, examples: Examples): Tensor {
  return tappedLoss(at, examples);
}

import type { FloatDType, NestedNumbers, Tensor } from "@opt/core";
import { fail, tensor } from "@opt/core";

/** Which reference run a golden file holds. */
export interface GoldenHeader {
  readonly name: string;
  readonly algorithm: string;
  readonly library: string;
  readonly version: string;
  readonly dtype: FloatDType;
  /** The options in the names of the golden files; a list of learning rates has one for every step. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly note?: string;
}

/** A tree of numbers: what a file holds for a tree of parameters. */
export type GoldenTree = Readonly<Record<string, NestedNumbers>>;

/** What a reference implementation did, step for step. */
export interface GoldenTrajectory {
  readonly header: GoldenHeader;
  readonly initial: GoldenTree;
  /** What the reference handed to its optimizer at each step. */
  readonly gradients: readonly GoldenTree[];
  /** The parameters after each step. */
  readonly parameters: readonly GoldenTree[];
  /** Look-ahead methods only: where each gradient was taken. */
  readonly points?: readonly GoldenTree[];
  /** Look-ahead methods only: the velocity after each step. */
  readonly velocities?: readonly GoldenTree[];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads a golden trajectory from the text of its JSON file.
 *
 * @param text - The file's text.
 * @returns The trajectory.
 * @throws OptError `data` when the text is not a trajectory.
 *
 * @example
 * ```ts
 * import { readFileSync } from "node:fs";
 * import { readGolden } from "@opt/testing";
 *
 * const readTrajectory = (path: string) => readGolden(readFileSync(path, "utf8"));
 * ```
 */
export function readGolden(text: string): GoldenTrajectory {
  const document: unknown = JSON.parse(text);
  if (!isRecord(document)) return fail("data", "readGolden: expected a JSON object.");
  const { header, initial, gradients, parameters } = document;
  if (!isRecord(header)) return fail("data", 'readGolden: expected an object with a "header".');
  const { name, dtype } = header;
  if (dtype !== "f32" && dtype !== "f64") return fail("data", `readGolden: ${String(name)}: the header's dtype must be "f32" or "f64".`);
  if (!isRecord(initial) || !Array.isArray(gradients) || !Array.isArray(parameters) || gradients.length !== parameters.length) {
    return fail("data", `readGolden: ${String(name)}: must hold "initial" and as many "gradients" as "parameters".`);
  }
  // The arrays' contents come from our own generator; a wrong one fails in `tensor`.
  return document as unknown as GoldenTrajectory;
}

/** Makes the tensors of a golden tree. */
export function goldenTensors(tree: GoldenTree, dtype: FloatDType): { readonly [name: string]: Tensor } {
  return Object.fromEntries(Object.entries(tree).map(([name, numbers]) => [name, tensor(numbers, { dtype })]));
}

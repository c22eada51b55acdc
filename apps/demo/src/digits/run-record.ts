import { createHash } from "node:crypto";
import { mean } from "../series.ts";

/** What was measured at the end of one epoch. */
export interface EpochRecord {
  /** Counted from 1. */
  readonly epoch: number;
  /** Mean training loss over the steps of this epoch. */
  readonly trainingLoss: number;
  /** Share of the test digits that are read correctly, from 0 to 1. */
  readonly testAccuracy: number;
}

/** One test digit that the trained network reads wrongly. */
export interface MisreadDigit {
  /** Position in the test set. */
  readonly index: number;
  /** Ink from 0 (paper) to 1, row by row. */
  readonly pixels: Float32Array;
  readonly width: number;
  readonly predicted: number;
  readonly actual: number;
  /** The probability that the network gave to its wrong answer. */
  readonly confidence: number;
}

/** How a run ended; "not-started" is an optimizer whose turn never came. */
export type RunStatus = "completed" | "aborted" | "non-finite" | "not-started";

/** What one optimizer did: everything that the terminal, the report and `--json` show of it. */
export interface RunRecord {
  readonly name: string;
  readonly learningRate: number;
  readonly status: RunStatus;
  /** A sentence about how the run ended; empty when there is nothing to say. */
  readonly message: string;
  /** Training loss of every step. */
  readonly losses: readonly number[];
  readonly epochs: readonly EpochRecord[];
  /** Time spent on training steps, without evaluation; NaN for a run that never started. */
  readonly seconds: number;
  /** Share of the test digits that the final network reads correctly, from 0 to 1; NaN when never measured. */
  readonly testAccuracy: number;
  readonly misreadCount: number;
  /** The most confident mistakes, worst first. */
  readonly misread: readonly MisreadDigit[];
}

/** A name and a value to show, such as "batch size" and "128". */
export interface Setting {
  readonly name: string;
  readonly value: string;
}

/** A whole experiment: what was asked for and what each optimizer did. */
export interface ExperimentRecord {
  readonly title: string;
  readonly summary: string;
  readonly command: string;
  readonly date: Date;
  readonly settings: readonly Setting[];
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  readonly testCount: number;
  readonly interrupted: boolean;
  readonly runs: readonly RunRecord[];
}

/** The loss that tables show: the mean over the last epoch that was at least begun; NaN before the first step. */
export function finalLoss(run: RunRecord, stepsPerEpoch: number): number {
  const begun = Math.ceil(run.losses.length / stepsPerEpoch);
  return mean(run.losses.slice(Math.max(0, begun - 1) * stepsPerEpoch));
}

/** Training steps per second; NaN before the first step. */
export function stepsPerSecond(run: RunRecord): number {
  return run.losses.length / run.seconds;
}

/** SHA-256 over the losses as little-endian float64: equal exactly when two loss sequences agree bit for bit. */
export function hashLosses(losses: readonly number[]): string {
  const bytes = new DataView(new ArrayBuffer(losses.length * 8));
  losses.forEach((loss, index) => {
    bytes.setFloat64(index * 8, loss, true);
  });
  return createHash("sha256").update(bytes).digest("hex");
}

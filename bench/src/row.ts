import type { Contender } from "./contenders/contender.ts";

/** What ours is compared with. */
export type PeerName = "TensorFlow.js" | "jax-js" | "PyTorch" | "optax";

/** What must be reached. */
export type Bar =
  /** The time of `than` divided by ours: how many times as fast we are. */
  | { readonly than: string; readonly atLeast: number }
  /** Our time divided by the time of `than`. */
  | { readonly than: string; readonly atMost: number }
  /** Our own figure. */
  | { readonly figure: string; readonly atMost: number };

/** Something that several programs do, one after the other in every round. */
export interface Comparison {
  readonly kind: "comparison";
  /** As the table shows it: `512 A·Bᵀ`. */
  readonly name: string;
  /** Makes our program. */
  readonly ours: () => Contender | Promise<Contender>;
  /** Makes the peers' programs; called only if the peer is installed. */
  readonly peers?: Partial<Record<PeerName, () => Contender | Promise<Contender>>>;
  /** Limits of the machine, and other programs of ours to compare with, by name. */
  readonly others?: Readonly<Record<string, () => Contender | Promise<Contender>>>;
  /** Largest difference between answers, relative to the largest number of the answer. Default 1e-4. */
  readonly tolerance?: number;
  /** How our figure is shown: `amount` units of work a run. */
  readonly figure: Figure;
  readonly bars: readonly Bar[];
}

/** A quantity made from the seconds of a run. */
export interface Figure {
  /** `GF/s` and `GB/s` are amounts a second; `ns/element` is time by amount; the others are plain times. */
  readonly unit: "GF/s" | "GB/s" | "ns/element" | "µs" | "ms";
  /** Operations, bytes or elements of a run; not used for plain times. */
  readonly amount?: number;
}

/** Something that is measured as a whole, such as the size of a bundle. */
export interface Measurement {
  readonly kind: "measurement";
  readonly name: string;
  readonly measure: () => Promise<number>;
  readonly unit: string;
  readonly bars: readonly Extract<Bar, { figure: string }>[];
}

/** Something that is measured part by part, to show where its time goes. */
export interface Breakdown {
  readonly kind: "breakdown";
  readonly name: string;
  readonly measure: () => Promise<readonly { readonly name: string; readonly value: number }[]>;
  readonly unit: string;
}

/** What a row is made of. */
export type Case = Comparison | Measurement | Breakdown;

/** One line of what must be reached. */
export interface Row {
  /** As `--only` takes it. */
  readonly name: string;
  readonly what: string;
  /** Runs as in an engine without relaxed SIMD. */
  readonly withoutRelaxedSimd?: boolean;
  /** May use all processors, because that is what it measures. Otherwise all contenders share one. */
  readonly allProcessors?: boolean;
  readonly cases: () => readonly Case[];
}

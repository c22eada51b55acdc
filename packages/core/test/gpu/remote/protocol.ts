import type { Plan } from "../../../src/compile/plan.ts";
import type { ErrorCode } from "../../../src/errors.ts";

/** A plan without what cannot travel: functions and tensors. */
export interface PlanData extends Omit<Plan, "host"> {
  readonly host: Pick<Plan["host"], "arguments"> & { readonly steps: readonly never[] };
}

/** What the page is told to do. Storages and plans have numbers, which the program gives. */
export type Command =
  /** Makes a storage of the next elements that came with the request. */
  | { readonly kind: "upload"; readonly storage: number }
  /** Makes a storage with the elements of another. */
  | { readonly kind: "share"; readonly from: number; readonly storage: number }
  | { readonly kind: "load"; readonly plan: number; readonly data: PlanData; readonly slots: readonly number[] }
  /** Runs a plan on storages, with the host's numbers, and makes storages of its fresh outputs. */
  | { readonly kind: "run"; readonly plan: number; readonly slots: readonly number[]; readonly inputs: readonly number[]; readonly outputs: readonly number[] }
  | { readonly kind: "forgetStorage"; readonly storage: number }
  | { readonly kind: "forgetPlan"; readonly plan: number };

/** Commands in order; then the elements of one storage are asked for, or none. */
export interface Request {
  readonly commands: readonly Command[];
  readonly read: number | undefined;
}

/** What comes with the elements, or why there are none. */
export interface Answer {
  readonly error?: { readonly message: string; readonly code: ErrorCode | undefined };
}

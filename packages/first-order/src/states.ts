import type { Scalar } from "@opt/core";

/** The state of a transform that remembers nothing. */
export type EmptyState = Readonly<Record<string, never>>;

/** The state of a transform that counts its steps: `step` is the number of updates made so far. */
export type StepState = { readonly step: Scalar };

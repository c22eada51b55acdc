import type { Outcome } from "../outcome.ts";

/** What the page tells while it measures. */
export type PageMessage =
  /** First: the browser and its GPUs, in words. */
  | { readonly kind: "gpus"; readonly gpus: readonly string[] }
  | { readonly kind: "outcome"; readonly outcome: Outcome }
  /** It is through. */
  | { readonly kind: "end" }
  /** It stopped early. */
  | { readonly kind: "error"; readonly error: string };

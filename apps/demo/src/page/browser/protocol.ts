import type { OptimizerName } from "../../digits/optimizers.ts";

/** Where the page can train; `gpu` is WebGPU, or WebGL2 where there is none. */
export type BackendName = "gpu" | "webgpu" | "webgl2" | "cpu";

/** What to train. */
export interface TrainingRequest {
  readonly backend: BackendName;
  readonly optimizer: OptimizerName;
  readonly epochs: number;
  /** How many digits to draw for training, when no files are given. */
  readonly examples: number;
  /** The four files of MNIST; without them digits are drawn. */
  readonly files: readonly File[];
  /** Decides everything that is drawn by chance. */
  readonly seed: number;
}

/** What the page says to the worker. */
export type PageMessage = { readonly kind: "start"; readonly request: TrainingRequest } | { readonly kind: "pause" } | { readonly kind: "resume" };

/** What the worker says to the page: first the backend and the digits, then how it goes, at last how it ended. */
export type WorkerMessage =
  | { readonly kind: "backend"; readonly name: string }
  | { readonly kind: "digits"; readonly description: string; readonly totalSteps: number }
  /** The losses of the steps since the last such message; the rate is that of the last second, at the end that of the whole. */
  | { readonly kind: "progress"; readonly losses: readonly number[]; readonly stepsPerSecond: number }
  /** The training is held up: the step that was under way is done. */
  | { readonly kind: "paused" }
  | { readonly kind: "epoch"; readonly epoch: number; readonly loss: number; readonly accuracy: number }
  /** The message is empty when all went well. */
  | { readonly kind: "ended"; readonly message: string }
  | { readonly kind: "failed"; readonly message: string };

import { tensor } from "@opt/core";
import type { Tensor } from "@opt/core";
import type { GpuBackend, GpuMode } from "@opt/core/gpu";
import { gpu } from "@opt/core/gpu";
import { adam } from "@opt/first-order";
import { fit } from "@opt/train";

/** What training on one backend, whose device was lost on the way, came to. */
export interface RecoveryOutcome {
  readonly mode: GpuMode;
  /** The losses of a training that nothing interrupted, and of one whose device was lost. */
  readonly undisturbed: readonly number[];
  readonly interrupted: readonly number[];
  readonly timesRecovered: number;
  readonly stepsSeen: readonly number[];
  /** What happened without `recover`. */
  readonly errorCode: unknown;
  readonly errorMessage: string;
}

type Params = { readonly weight: Tensor; readonly bias: Tensor };
type Batch = { readonly x: Tensor; readonly y: Tensor };

const examples = Float32Array.from({ length: 64 }, (_, index) => Math.sin(3 * index));
const targets = examples.map((x) => 2 * x - 1);

/** Eight batches of eight examples. */
function batches(): Batch[] {
  return Array.from({ length: 8 }, (_, batch) => {
    const [from, to] = [8 * batch, 8 * batch + 8];
    return { x: tensor(examples.slice(from, to)), y: tensor(targets.slice(from, to)) };
  });
}

/** Takes the device away, as a driver does that crashes. */
function loseDevice(backend: GpuBackend): void {
  // What the backend keeps for itself: only a test takes a device away on purpose.
  const { device } = backend as unknown as { readonly device: { readonly gpu?: GPUDevice; readonly gl?: WebGL2RenderingContext } };
  device.gpu?.destroy();
  device.gl?.getExtension("WEBGL_lose_context")?.loseContext();
}

function train(backend: GpuBackend, loseAt: number, recover: (() => Promise<GpuBackend>) | undefined, onStep: (step: number) => void): Promise<{ readonly history: { readonly steps: readonly number[] } }> {
  let current = backend;
  let steps = 0;
  return fit({
    loss: (params: Params, batch: Batch) => batch.x.mul(params.weight).add(params.bias).sub(batch.y).pow(2).mean(),
    params: { weight: tensor(0), bias: tensor(0) },
    optimizer: adam({ learningRate: 0.05 }),
    batches,
    epochs: 5,
    backend: "gpu",
    ...(recover !== undefined && { snapshotSteps: 6, recover: async () => { current = await recover(); } }),
    onStep: ({ step }) => {
      onStep(step);
      steps++;
      if (steps === loseAt) loseDevice(current);
    },
  });
}

async function runMode(mode: GpuMode): Promise<RecoveryOutcome> {
  const open = (): Promise<GpuBackend> => gpu({ mode });
  const undisturbed = await train(await open(), Infinity, undefined, () => undefined);
  let timesRecovered = 0;
  const stepsSeen: number[] = [];
  const reopen = (): Promise<GpuBackend> => {
    timesRecovered++;
    return open();
  };
  const interrupted = await train(await open(), 23, reopen, (step) => stepsSeen.push(step));
  const error = await train(await open(), 5, undefined, () => undefined).then(() => undefined, (reason: unknown) => reason as { readonly code?: unknown; readonly message?: string });
  return { mode, undisturbed: undisturbed.history.steps, interrupted: interrupted.history.steps, timesRecovered, stepsSeen, errorCode: error?.code, errorMessage: error?.message ?? "" };
}

/** Loses the device in the middle of training, on each way to the GPU. */
export default async function recovery(): Promise<RecoveryOutcome[]> {
  return [await runMode("webgpu"), await runMode("webgl2")];
}

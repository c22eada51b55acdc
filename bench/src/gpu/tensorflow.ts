import type { GpuMode } from "@opt/core/gpu";
import type { TensorFlow } from "../contenders/tensorflow.ts";
import { Unavailable } from "../contenders/unavailable.ts";

/** What TensorFlow.js calls them. */
const names: Readonly<Record<GpuMode, string>> = { webgpu: "webgpu", webgl2: "webgl" };

/** Loads TensorFlow.js, and lets it compute on a GPU from now on. */
export async function tensorFlowOn(mode: GpuMode): Promise<TensorFlow> {
  const tf: TensorFlow = await import("@tensorflow/tfjs");
  await import("@tensorflow/tfjs-backend-webgpu");
  const name = names[mode];
  if (!(await tf.setBackend(name))) throw new Unavailable(`TensorFlow.js has no backend ${name} here`);
  return tf;
}

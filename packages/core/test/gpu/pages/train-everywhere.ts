import type { GpuMode } from "../../../src/gpu.ts";
import { gpu } from "../../../src/gpu.ts";
import { tinyLosses } from "./tiny-training.ts";

/** The losses of a short training on each way to the GPU. */
export type Losses = Readonly<Partial<Record<GpuMode, readonly number[]>>>;

/** How many steps are compared. */
export const comparedSteps = 12;

/** Trains on each way to the GPU. */
export async function trainEverywhere(): Promise<Losses> {
  const losses: Partial<Record<GpuMode, readonly number[]>> = {};
  for (const mode of ["webgpu", "webgl2"] as const) losses[mode] = await tinyLosses(await gpu({ mode }), comparedSteps);
  return losses;
}

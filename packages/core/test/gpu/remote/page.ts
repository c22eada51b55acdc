import type { Plan } from "../../../src/compile/plan.ts";
import { DevicePlan } from "../../../src/gpu/device-plan.ts";
import type { DeviceBackend } from "../../../src/gpu/device-backend.ts";
import { gpu } from "../../../src/gpu.ts";
import { makeArray } from "../../../src/tensor/dtype.ts";
import type { DType } from "../../../src/tensor/dtype.ts";
import type { Storage } from "../../../src/tensor/storage.ts";
import { arrayStorage } from "../../../src/tensor/storage.ts";
import type { Elements, RunRequest, RunResult } from "./protocol.ts";

const plans = new Map<number, DevicePlan<never>>();
let backend: DeviceBackend<never> | undefined;

function toStorage({ dtype, values }: Elements): Storage {
  const array = makeArray(dtype, values.length);
  array.set(values);
  return arrayStorage(dtype, array);
}

async function toElements(storage: Storage, dtype: DType): Promise<Elements> {
  const read = storage.remote === undefined ? storage.array : await storage.remote.read();
  return { dtype, values: Array.from(read ?? []) };
}

/** Runs a plan of another program on this page's GPU. */
async function run({ mode, number, plan, slots, inputs }: RunRequest): Promise<RunResult> {
  // The backend of this entry is one of devices.
  backend ??= (await gpu({ mode })) as unknown as DeviceBackend<never>;
  let loaded = plans.get(number);
  if (loaded === undefined) {
    // What is missing of the host's part runs in the other program.
    loaded = new DevicePlan(backend, { ...plan, host: { ...plan?.host, slots: Float64Array.from(slots) } } as unknown as Plan);
    plans.set(number, loaded);
  }
  loaded.plan.host.slots.set(slots);
  const storages = inputs.map(toStorage);
  const fresh = loaded.run(storages);
  return {
    fresh: await Promise.all(fresh.map((storage) => toElements(storage, storage.dtype))),
    inputs: await Promise.all(storages.map((storage) => toElements(storage, storage.dtype))),
  };
}

/** Takes requests until the page is closed. */
export default function serve(): Promise<never> {
  Object.assign(globalThis, {
    runPlan: (request: RunRequest) => run(request).catch((error: unknown) => ({ error: error instanceof Error ? error.message : String(error), code: (error as { code?: unknown }).code })),
  });
  (globalThis as unknown as { ready: () => void }).ready();
  return new Promise(() => undefined);
}

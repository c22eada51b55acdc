import type { Backend, LoadedPlan } from "../../../src/compile/backend.ts";
import { runHost } from "../../../src/compile/host-program.ts";
import type { Plan } from "../../../src/compile/plan.ts";
import type { GpuMode } from "../../../src/gpu.ts";
import { itemSize } from "../../../src/tensor/dtype.ts";
import type { Storage } from "../../../src/tensor/storage.ts";
import { bufferStorage } from "../../../src/tensor/storage.ts";
import { cpuBackend, elementsNow } from "../../../src/wasm/cpu-backend.ts";
import { PageBuffer } from "./page-buffer.ts";
import type { PlanData } from "./protocol.ts";
import { Remote } from "./remote.ts";

const forgottenPlans = new FinalizationRegistry<{ readonly remote: Remote; readonly plan: number }>(({ remote, plan }) => {
  remote.tell({ kind: "forgetPlan", plan });
});

/** What {@link loadOnCpu} has fetched: memory is given back with the storage that it was made for. */
const fetched = new WeakMap<Storage, Storage>();

function isDouble(plan: Plan): boolean {
  return plan.buffers.some(({ dtype }) => dtype === "f64") || plan.kernels.some((kernel) => kernel.values.some(({ dtype }) => dtype === "f64"));
}

/** What of a plan the page needs: the host's part is computed here. */
function planData({ buffers, kernels, outputs, freshOutputs, copies, temporaryBytes, inputs, host }: Plan): PlanData {
  return {
    buffers, kernels, outputs, freshOutputs, copies, temporaryBytes,
    inputs: inputs.map(({ dtype, length }) => ({ argument: undefined, storage: undefined, dtype, length })),
    host: { steps: [], arguments: host.arguments },
  };
}

function pageStorage(remote: Remote, { dtype, length }: Pick<Storage, "dtype" | "length">): Storage & { readonly buffer: PageBuffer } {
  const buffer = new PageBuffer(remote, length * itemSize[dtype]);
  return { ...bufferStorage(dtype, length, buffer), buffer };
}

/** A storage with the same elements on the page. */
function uploaded(remote: Remote, storage: Storage): Storage & { readonly buffer: PageBuffer } {
  const copy = pageStorage(remote, storage);
  remote.tell({ kind: "upload", storage: copy.buffer.number }, { dtype: storage.dtype, array: elementsNow(storage) });
  return copy;
}

/** The number of a storage on the page. Elements that are still here move there, as they move into the CPU's memory when kernels read them. */
function numberOf(remote: Remote, storage: Storage): number {
  if (storage.buffer instanceof PageBuffer) return storage.buffer.number;
  const { buffer } = uploaded(remote, storage);
  Object.assign(storage, { array: undefined, buffer });
  return buffer.number;
}

function loadOnPage(mode: GpuMode, remote: Remote, plan: Plan): LoadedPlan {
  const number = remote.nextNumber();
  remote.tell({ kind: "load", plan: number, data: planData(plan), slots: [...plan.host.slots] });
  forgottenPlans.register(plan, { remote, plan: number });
  return {
    plan,
    describe: () => [`on ${mode}`],
    run: (inputs) => {
      runHost(plan.host);
      const outputs = plan.freshOutputs.map((output) => pageStorage(remote, output));
      remote.tell({
        kind: "run",
        plan: number,
        slots: [...plan.host.slots],
        inputs: inputs.map((storage) => numberOf(remote, storage)),
        outputs: outputs.map(({ buffer }) => buffer.number),
      });
      return outputs;
    },
  };
}

/** A plan that runs here. What it reads comes back from the page for good, since it may update it. */
function loadOnCpu(plan: Plan, threads: number): LoadedPlan {
  const loaded = cpuBackend.load(plan, threads);
  return {
    plan,
    describe: () => loaded.describe(),
    run: (inputs) => {
      for (const storage of inputs) {
        if (!(storage.buffer instanceof PageBuffer)) continue;
        const copy = cpuBackend.claim(storage, true);
        storage.buffer = copy.buffer;
        fetched.set(storage, copy);
      }
      return loaded.run(inputs);
    },
  };
}

let opened: Remote | undefined;

/** The page, once there was something to compute. One serves all suites of this thread, since a browser takes some seconds to start. */
export function openedRemote(): Remote | undefined {
  return opened;
}

/** A backend whose plans run on the GPU of a browser; those with f64, which no GPU has, run on the CPU. */
export function remoteBackend(mode: GpuMode): Backend & { readonly usedBytes: number } {
  const remote = (): Remote => (opened ??= new Remote(mode));
  return {
    name: mode,
    get usedBytes() {
      return remote().usedBytes;
    },
    load: (plan, threads) => (isDouble(plan) ? loadOnCpu(plan, threads) : loadOnPage(mode, remote(), plan)),
    claim: (storage, keep) => {
      if (storage.dtype === "f64") return cpuBackend.claim(storage, keep);
      if (!(storage.buffer instanceof PageBuffer)) return uploaded(remote(), storage);
      if (!keep) return storage;
      const copy = pageStorage(remote(), storage);
      remote().tell({ kind: "share", from: storage.buffer.number, storage: copy.buffer.number });
      return copy;
    },
  };
}

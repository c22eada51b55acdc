import { fileURLToPath } from "node:url";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { Backend } from "../../../src/compile/backend.ts";
import { runHost } from "../../../src/compile/host-program.ts";
import type { Plan } from "../../../src/compile/plan.ts";
import { setBackend } from "../../../src/index.ts";
import { OptError } from "../../../src/errors.ts";
import type { ErrorCode } from "../../../src/errors.ts";
import type { GpuMode } from "../../../src/gpu.ts";
import { makeArray } from "../../../src/tensor/dtype.ts";
import type { Storage } from "../../../src/tensor/storage.ts";
import { arrayStorage } from "../../../src/tensor/storage.ts";
import { cpuBackend, elementsNow } from "../../../src/wasm/cpu-backend.ts";
import type { Elements, PlanData, RunRequest, RunResult } from "./protocol.ts";

/** Waits for the other thread, which waits for the browser, so that tests written for the CPU can read at once. */
class Remote {
  readonly #signal = new Int32Array(new SharedArrayBuffer(4));
  readonly #channel = new MessageChannel();
  #seen = 0;

  constructor() {
    const worker = new Worker(fileURLToPath(new URL("worker.ts", import.meta.url)), {
      workerData: { port: this.#channel.port2, signal: this.#signal, page: fileURLToPath(new URL("page.ts", import.meta.url)) },
      transferList: [this.#channel.port2],
      execArgv: ["--conditions=@opt/source"],
    });
    worker.unref();
    this.#wait();
  }

  ask(request: RunRequest): RunResult {
    this.#channel.port1.postMessage(request);
    this.#wait();
    const result = receiveMessageOnPort(this.#channel.port1)?.message as RunResult | { readonly error: string; readonly code?: ErrorCode };
    if ("error" in result) throw new OptError(result.code ?? "backend", result.error);
    return result;
  }

  #wait(): void {
    if (Atomics.wait(this.#signal, 0, this.#seen, 120_000) === "timed-out") throw new Error("the browser does not answer");
    this.#seen = Atomics.load(this.#signal, 0);
  }
}

function isDouble(plan: Plan): boolean {
  return plan.buffers.some(({ dtype }) => dtype === "f64") || plan.kernels.some((kernel) => kernel.values.some(({ dtype }) => dtype === "f64"));
}

function send(storage: Storage): Elements {
  return { dtype: storage.dtype, values: Array.from(elementsNow(storage)) };
}

function receive({ dtype, values }: Elements): Storage {
  const array = makeArray(dtype, values.length);
  array.set(values);
  return arrayStorage(dtype, array);
}

/** The inputs that a plan updates in place. */
function updatedInputs({ buffers, kernels, copies }: Plan): ReadonlySet<number> {
  const written = new Set([...kernels.flatMap(({ stores }) => stores.map(({ buffer }) => buffer)), ...copies.map(({ to }) => to)]);
  return new Set(buffers.flatMap(({ place }, buffer) => (place.kind === "input" && written.has(buffer) ? [place.input] : [])));
}

/** What of a plan the page needs: the host's part is computed here. */
function planData({ buffers, kernels, outputs, freshOutputs, copies, temporaryBytes, inputs, host }: Plan): PlanData {
  return {
    buffers, kernels, outputs, freshOutputs, copies, temporaryBytes,
    inputs: inputs.map(({ dtype, length }) => ({ argument: undefined, storage: undefined, dtype, length })),
    host: { steps: [], arguments: host.arguments },
  };
}

/** A backend whose plans run on the GPU of a browser; those with f64, which no GPU has, run on the CPU. */
function remoteBackend(mode: GpuMode): Backend {
  let remote: Remote | undefined;
  let plans = 0;
  return {
    name: mode,
    claim: (storage, keep) => cpuBackend.claim(storage, keep),
    load: (plan, threads) => {
      if (isDouble(plan)) return cpuBackend.load(plan, threads);
      const number = plans++;
      const updated = updatedInputs(plan);
      let sent = false;
      return {
        plan,
        describe: () => [`on ${mode}`],
        run: (inputs) => {
          runHost(plan.host);
          remote ??= new Remote();
          const result = remote.ask({ mode, number, plan: sent ? undefined : planData(plan), slots: [...plan.host.slots], inputs: inputs.map(send) });
          sent = true;
          for (const input of updated) {
            const [storage, after] = [inputs[input], result.inputs[input]];
            if (storage !== undefined && after !== undefined) Object.assign(storage, { array: receive(after).array, buffer: undefined });
          }
          return result.fresh.map(receive);
        },
      };
    },
  };
}

const mode = process.env["GPU_SUITE"];
if (mode !== "webgpu" && mode !== "webgl2") throw new Error(`GPU_SUITE: must be webgpu or webgl2; got ${String(mode)}.`);
setBackend(remoteBackend(mode));

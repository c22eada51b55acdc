import { broadcastTo, compile, matmul, tensor, toHost, valueAndGrad } from "@opt/core";
import type { Tensor } from "@opt/core";
import type { GpuBackend } from "../../../src/gpu.ts";
import { gpu } from "../../../src/gpu.ts";
import type { Group, Outcome } from "./checks.ts";
import { rejection, runGroups } from "./checks.ts";
import { tinyLosses, tinyTraining } from "./tiny-training.ts";

/** Takes the device away, as a driver that crashed would. */
function takeAway(backend: GpuBackend): void {
  const { device } = backend as unknown as { readonly device: { readonly gl?: WebGL2RenderingContext; readonly gpu?: GPUDevice } };
  device.gpu?.destroy();
  device.gl?.getExtension("WEBGL_lose_context")?.loseContext();
}

const moment = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Lets the engine collect garbage, which it does when there is much of it, and finalizers run. */
async function collectGarbage(until: () => boolean): Promise<void> {
  for (let pause = 0; pause < 25 && !until(); pause++) {
    new Uint8Array(2 ** 25).fill(1);
    await moment(10);
  }
}

/** The smallest model that learns: `loss = mean (x w − y)²`. */
function smallestTraining(backend: GpuBackend): () => Tensor {
  const x = tensor([[1, 2], [3, -4]]);
  const loss = ({ w }: { readonly w: Tensor }): Tensor => matmul(x, w).sub(1).pow(2).mean();
  const update = compile((state: { readonly w: Tensor }, rate: number) => {
    const [value, gradient] = valueAndGrad(loss)(state);
    return [{ w: state.w.sub(gradient.w.mul(rate)) }, value] as const;
  }, { backend });
  let state: { readonly w: Tensor } = { w: tensor([[0], [0]]) };
  return () => {
    const [next, value] = update(state, 0.01);
    state = next;
    return value;
  };
}

/** 10 000 steps leave no more on the device than the first few did. */
const memory: Group = async (backend, check) => {
  await check("10 000 steps need no more buffers than the first", async () => {
    const step = smallestTraining(backend);
    // State changes between two buffers, and results that wait to be read have their own.
    for (let count = 0; count < 5; count++) {
      const value = step();
      await value.read();
      value.dispose();
    }
    const first = backend.liveBuffers;
    let last = NaN;
    for (let count = 0; count < 10_000; count++) {
      const value = step();
      if (count % 100 === 99) [last = NaN] = await value.read();
      value.dispose();
    }
    if (!(last < 1e-3)) return `the loss ended at ${String(last)}`;
    return backend.liveBuffers <= first ? undefined : `${String(backend.liveBuffers)} buffers, ${String(first)} after the first steps`;
  });

  await check("results that nobody disposes of are given back as well", async () => {
    const step = smallestTraining(backend);
    await step().read();
    const first = backend.liveBuffers;
    for (let count = 0; count < 1000; count++) step();
    await step().read();
    const most = backend.liveBuffers;
    // Eight are kept for later, and the engine may hold on to the last few results.
    const few = first + 12;
    await collectGarbage(() => backend.liveBuffers <= few);
    return backend.liveBuffers <= few ? undefined : `${String(first)} buffers, ${String(most)} after 1000 steps, ${String(backend.liveBuffers)} in the end`;
  });

  await check("plans that nobody needs any more give their buffers back", async () => {
    const once = async (length: number): Promise<void> => {
      const run = compile((x: Tensor) => { const y = x.mul(2); return [y.sum(), y.reshape([-1, 2]).transpose().add(1)] as const; }, { donate: [], backend });
      for (const result of run(tensor(new Float32Array(length)))) await result.read();
    };
    const first = backend.liveBuffers;
    for (let count = 0; count < 6; count++) await once(1000 + 8 * count);
    const most = backend.liveBuffers;
    // What is given back is kept for later, some of each size, so there is no more of it after as many plans of the same sizes.
    await collectGarbage(() => false);
    for (let count = 0; count < 6; count++) await once(1000 + 8 * count);
    return backend.liveBuffers <= most + 5 ? undefined : `${String(first)} buffers at first, ${String(most)} after some plans, ${String(backend.liveBuffers)} after as many again`;
  });
};

/** What cannot be computed is said before anything runs. */
const limits: Group = async (backend, check) => {
  await check("a tensor that fits no buffer is refused", () =>
    rejection("backend", "Split the tensor", () => compile((x: Tensor) => broadcastTo(x, [2 ** 29]).add(1), { backend })(tensor(1)).read()));
  await check("and so is one inside of a function", () =>
    rejection("backend", "Split the tensor", () => compile((x: Tensor) => { const y = broadcastTo(x, [2 ** 29]).add(1); return y.reshape([2 ** 14, 2 ** 15]).matmul(tensor(new Float32Array(2 ** 15), { shape: [2 ** 15, 1] })); }, { backend })(tensor(1)).read()));
};

/** Two programs do not disturb each other. */
const company: Group = async ({ name: mode }, check) => {
  await check("two backends train side by side as each would alone", async () => {
    const [one, two] = [await gpu({ mode }), await gpu({ mode })];
    const alone = await tinyLosses(one, 8);
    const both = await Promise.all([tinyLosses(one, 8), tinyLosses(two, 8)]);
    return both.every((losses) => losses.join() === alone.join()) ? undefined : `alone ${alone.join()}; together ${both.map((losses) => losses.join()).join("; ")}`;
  });
};

/** The device goes away in the middle of a training. */
const loss: Group = async ({ name: mode }, check) => {
  await check("a loss is told to whoever reads or goes on, and a new backend goes on from what was read", async () => {
    const backend = await gpu({ mode });
    const training = tinyTraining(backend);
    for (let count = 0; count < 3; count++) training.step();
    const saved = await toHost(training.state);
    const kept = training.step();
    const underWay = kept.read();
    takeAway(backend);
    const wrong =
      // What was under way may have come through; it must not be zeros.
      (await underWay.then(([value]) => (value === 0 ? "a read that was under way gave 0" : undefined), (error: unknown) => rejection("lost", "was lost", () => { throw error; }))) ??
      (await rejection("lost", "go on from the last state that was read", () => training.step().read())) ??
      (await rejection("lost", mode, () => kept.read())) ??
      (await rejection("lost", "lost", () => toHost(training.state))) ??
      (await rejection("lost", "lost", () => compile((x: Tensor) => x.add(1), { backend })(tensor(1))));
    if (wrong !== undefined) return wrong;
    if (!backend.isLost) return "isLost is false";
    const next = await gpu({ mode });
    const [value] = await compile((x: Tensor) => x.sum(), { backend: next })(saved.params.first).read();
    return Number.isFinite(value) && value !== 0 ? undefined : `the new backend computed ${String(value)}`;
  });

  if (mode === "webgl2") {
    await check("the oldest of too many contexts is lost, and says so", async () => {
      const oldest = await gpu({ mode });
      const x = compile((y: Tensor) => y.add(1), { backend: oldest })(tensor([1]));
      // Browsers keep sixteen.
      for (let count = 0; count < 17; count++) await gpu({ mode });
      return rejection("lost", "was lost", () => x.read());
    });
  }

  await check("many steps without a pause do not go on unnoticed", async () => {
    const backend = await gpu({ mode });
    const training = tinyTraining(backend);
    await training.step().read();
    takeAway(backend);
    return rejection("lost", "was lost", async () => {
      for (let count = 0; count < 200; count++) {
        training.step().dispose();
        if (count % 20 === 0) await moment(0);
      }
    });
  });
};

/** How long buffers, devices and their errors live. */
export default function lifetime(): Promise<Outcome[]> {
  return runGroups({ memory, limits, company, loss });
}

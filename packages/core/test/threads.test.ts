import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { controlBytes, doPhase, word } from "../src/wasm/threads/control.ts";
import { Governor } from "../src/wasm/threads/governor.ts";
import type { Tensor } from "../src/index.ts";
import { compile, evaluate, exp, explain, key, matmul, max, randomNormal, setThreads, sqrt, tanh, transpose } from "../src/index.ts";

function draw(seed: number, shape: readonly number[], dtype: "f32" | "f64" = "f32"): Tensor {
  const x = randomNormal(key(seed), shape, { dtype });
  evaluate(x);
  return x;
}

function softmax(x: Tensor): Tensor {
  const e = exp(x.sub(max(x, 1, { keepDims: true })));
  return e.div(e.sum(1, { keepDims: true }));
}

const programs: Readonly<Record<string, { readonly args: readonly Tensor[]; readonly run: (...args: Tensor[]) => Tensor[] }>> = {
  "products of odd sizes, with an epilogue": {
    args: [draw(1, [67, 53]), draw(2, [53, 41]), draw(3, [41])],
    run: (a, b, c) => [matmul(a, b).add(c), matmul(transpose(b), transpose(a)).mul(2)],
  },
  "products that are packed": {
    args: [draw(4, [130, 600]), draw(5, [600, 140]), draw(6, [140, 600])],
    run: (a, b, c) => [matmul(a, b), matmul(a, transpose(c)), matmul(transpose(a), transpose(matmul(transpose(b), transpose(a))))],
  },
  "products that are cut along their depth, with an epilogue": {
    args: [draw(16, [1100, 260]), draw(17, [1100, 70]), draw(18, [70])],
    run: (a, b, c) => [matmul(transpose(a), b), matmul(transpose(a), b).add(c)],
  },
  "f64": { args: [draw(7, [60, 60], "f64"), draw(8, [60, 60], "f64")], run: (a, b) => [matmul(a, b), tanh(a.mul(b))] },
  "rows that keep values in scratch memory": { args: [draw(9, [37, 129])], run: (x) => [softmax(x)] },
  "sums over rows and over everything": { args: [draw(10, [300, 70])], run: (x) => [x.sum(0), x.sum(1), x.sum()] },
  "one long loop with a rest": { args: [draw(11, [40_003])], run: (x) => [sqrt(x.mul(x).add(1)).mul(3), x.add(1)] },
};

describe("several threads", () => {
  for (const [name, { args, run }] of Object.entries(programs)) {
    it.each([2, 3])(`give the same bits as one: ${name}, %i threads`, (threads) => {
      const expected = compile(run)(...args).map((result) => result.readSync());
      const shared = compile(run, { threads });
      // Once the helpers are there, a trial takes turns between one thread and all of them.
      const tried = new RegExp(`with ${String(threads)}, .* alone`, "u");
      const deadline = performance.now() + 20_000;
      do {
        shared(...args).forEach((result, index) => { expect(result.readSync()).toEqual(expected[index]); });
      } while (!tried.test(explain(shared)) && performance.now() < deadline);
      expect(explain(shared)).toMatch(tried);
    });
  }

  it("update donated state in place as one does", () => {
    interface State { readonly x: Tensor; readonly withRest: Tensor }
    const step = (state: State, w: Tensor): State => ({ x: tanh(matmul(state.x, w)).add(state.x.mul(0.5)), withRest: state.withRest.mul(0.5).add(1) });
    const w = draw(12, [96, 96]).mul(0.1);
    const run = (threads: number): unknown => {
      const compiled = compile(step, { threads });
      let state = { x: draw(13, [80, 96]), withRest: draw(19, [40_003]) };
      for (let count = 0; count < 20; count++) state = compiled(state, w);
      return [state.x.readSync(), state.withRest.readSync()];
    };
    expect(run(2)).toEqual(run(1));
  });

  it("take the chunks of their own share first, and then what others have left", () => {
    const words = new Int32Array(new SharedArrayBuffer(controlBytes));
    // The only one that meets: then the others are late, and have all of their shares left.
    const member = { words, places: word, index: 1, threads: 1, maySleep: true };
    for (let phase = 0; phase < 2; phase++) {
      const done: number[] = [];
      doPhase({ run: (chunk, thread) => { done.push(chunk + 100 * thread); }, shares: 3, chunks: 2 }, member);
      expect(done).toEqual([102, 103, 104, 105, 100, 101]);
      // A meeting gives back the shares of those who meet; the others are made up here.
      words.fill(0, word.taken);
    }
    const alone: number[] = [];
    doPhase({ run: (chunk) => { alone.push(chunk); }, shares: 1, chunks: 1 }, member);
    expect(alone).toEqual([0]);
  });

  it("are left alone by what has too little work, and by default", () => {
    const tiny = compile((x: Tensor) => x.mul(2), { threads: 2 });
    tiny(draw(14, [10]));
    expect(explain(tiny)).toContain("1 thread, because no kernel has enough work to share");
    const plain = compile((x: Tensor) => x.mul(2));
    plain(draw(14, [10]));
    expect(explain(plain)).not.toContain("thread");
  });

  it("may be asked for globally", () => {
    setThreads(2);
    const f = compile((x: Tensor) => tanh(x));
    f(draw(15, [20_000]));
    setThreads(1);
    expect(explain(f)).toContain("1 thread until 2 are tried");
    expect(() => { setThreads(0); }).toThrowErrorMatchingInlineSnapshot(`[OptError: setThreads(count): must be an integer from 1 to 16; got 0.]`);
    expect(() => compile((x: Tensor) => x, { threads: 1.5 })).toThrowErrorMatchingInlineSnapshot(`[OptError: compile({ threads }): must be an integer from 1 to 16; got 1.5.]`);
  });

  it("do not keep a program alive", () => {
    const core = fileURLToPath(new URL("../src/index.ts", import.meta.url));
    const source = `
      const { compile, ones, matmul } = await import(${JSON.stringify(core)});
      const f = compile((x) => matmul(x, x), { threads: 2 });
      for (let call = 0; call < 40; call++) f(ones([64, 64])).readSync();
      console.log("done");`;
    const { status, stdout } = spawnSync(process.execPath, ["--conditions=@opt/source", "--input-type=module", "-e", source], { encoding: "utf8", timeout: 20_000 });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "done\n" });
  });
});

describe("the governor of threads", () => {
  /** Runs it for a while with fixed durations; returns the share of shared runs among the last hundred. */
  function shareOf(governor: Governor, alone: number, together: number, runs: number): number {
    const chosen: boolean[] = [];
    for (let run = 0; run < runs; run++) {
      const shared = governor.next();
      chosen.push(shared);
      governor.record(shared, shared ? together : alone);
    }
    return chosen.slice(-100).filter(Boolean).length / 100;
  }

  it("shares what is faster together, and not what is as fast alone", () => {
    expect(shareOf(new Governor(), 1, 0.6, 3000)).toBeGreaterThan(0.9);
    expect(shareOf(new Governor(), 1, 0.99, 3000)).toBeLessThan(0.1);
  });

  it("stops sharing within a few runs when another program takes a processor, and begins again", () => {
    const governor = new Governor();
    shareOf(governor, 1, 0.6, 1000);
    const crowded: boolean[] = [];
    for (let run = 0; run < 20; run++) {
      crowded.push(governor.next());
      governor.record(governor.next(), governor.next() ? 4 : 1.1);
    }
    expect(crowded.filter(Boolean).length).toBeLessThanOrEqual(12);
    expect(shareOf(governor, 1.1, 4, 2000)).toBeLessThan(0.1);
    expect(shareOf(governor, 1, 0.6, 10_000)).toBeGreaterThan(0.9);
  });
});

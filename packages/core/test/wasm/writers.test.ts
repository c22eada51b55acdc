import { describe, expect, it } from "vitest";
import { detectFeatures } from "../../src/wasm/features.ts";
import { ModuleWriter } from "../../src/wasm/module-writer.ts";

type NumberFunction = (...args: number[]) => number;

function instantiate(writer: ModuleWriter, imports: WebAssembly.Imports = {}): Record<string, NumberFunction> {
  const bytes = writer.toBytes();
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports as Record<string, NumberFunction>;
}

describe("FunctionWriter", () => {
  it("counts a loop with static bounds", () => {
    const writer = new ModuleWriter();
    writer.addFunction("sum", { parameters: [], results: ["i32"] }, (w) => {
      const counter = w.local("i32");
      const total = w.local("i32");
      w.for({ counter, from: 3, to: 11, step: 4 }, () => {
        w.get(total);
        w.get(counter);
        w.op("i32.add");
        w.set(total);
      });
      w.for({ counter, from: 5, to: 5, step: 1 }, () => { w.set(total, -1); });
      w.get(total);
    });
    expect(instantiate(writer)["sum"]?.()).toBe(3 + 7);
  });

  it("counts a loop with run-time bounds, also when it is empty", () => {
    const writer = new ModuleWriter();
    writer.addFunction("count", { parameters: ["i32", "i32"], results: ["i32"] }, (w) => {
      const counter = w.local("i32");
      const total = w.local("i32");
      const [from, to] = w.parameters;
      if (from === undefined || to === undefined) throw new Error("two parameters");
      w.for({ counter, from, to, step: 1 }, () => {
        w.get(total);
        w.i32(1);
        w.op("i32.add");
        w.set(total);
      });
      w.get(total);
    });
    const count = instantiate(writer)["count"];
    expect([count?.(0, 5), count?.(5, 5), count?.(6, 5), count?.(-2, 2)]).toEqual([5, 0, 0, 4]);
  });

  it("jumps from nested blocks to the loop of a label", () => {
    const writer = new ModuleWriter();
    writer.addFunction("count", { parameters: ["i32"], results: ["i32"] }, (w) => {
      const [bound = 0] = w.parameters;
      const outerRounds = w.local("i32");
      const innerRounds = w.local("i32");
      w.loop((outer) => {
        w.op("i32.add", outerRounds, 1);
        w.set(outerRounds);
        w.loop((inner) => {
          w.op("i32.add", innerRounds, 1);
          w.set(innerRounds);
          // Every third inner round ends one of the outer loop.
          w.op("i32.lt_s", innerRounds, () => { w.op("i32.mul", outerRounds, 3); });
          w.brIf(inner);
          w.op("i32.lt_s", outerRounds, bound);
          w.brIf(outer);
        });
      });
      w.op("i32.add", () => { w.op("i32.mul", outerRounds, 100); }, innerRounds);
    });
    const count = instantiate(writer)["count"];
    expect([count?.(1), count?.(4)]).toEqual([103, 412]);
  });

  it.each([0, -0, 1, -1, 0.1, 1e-45, 2 ** -149, 5e-324, -Infinity, 3.4028234663852886e38, Math.PI])("keeps the bits of the constant %d", (value) => {
    const writer = new ModuleWriter();
    writer.addFunction("double", { parameters: [], results: ["f64"] }, (w) => {
      w.get(w.splatConstant("f64x2", value));
      w.lane("f64x2.extract_lane", 1);
    });
    writer.addFunction("single", { parameters: [], results: ["f32"] }, (w) => {
      w.get(w.splatConstant("f32x4", value));
      w.lane("f32x4.extract_lane", 3);
    });
    const functions = instantiate(writer);
    expect(functions["double"]?.()).toBe(value);
    expect(functions["single"]?.()).toBe(Math.fround(value));
  });

  it("shares equal constants and tells 0 from -0", () => {
    const writer = new ModuleWriter();
    writer.addFunction("f", { parameters: [], results: [] }, (w) => {
      expect(w.splatConstant("f32x4", 2)).toBe(w.splatConstant("f32x4", 2));
      expect(w.splatConstant("f32x4", 2)).not.toBe(w.splatConstant("f64x2", 2));
      expect(w.splatConstant("f32x4", 0)).not.toBe(w.splatConstant("f32x4", -0));
    });
    expect(WebAssembly.validate(writer.toBytes())).toBe(true);
  });

  it.each([0, 1, -1, 63, 64, -64, -65, 2147483647, -2147483648, 4294967295])("writes the integer %d", (value) => {
    const writer = new ModuleWriter();
    writer.addFunction("scalar", { parameters: [], results: ["i32"] }, (w) => { w.i32(value); });
    writer.addFunction("vector", { parameters: [], results: ["i32"] }, (w) => {
      w.get(w.splatConstant("i32x4", value));
      w.lane("i32x4.extract_lane", 2);
    });
    writer.addFunction("wide", { parameters: [], results: ["i32"] }, (w) => {
      w.get(w.splatConstant("i64x2", value));
      w.lane("i32x4.extract_lane", 2);
    });
    const functions = instantiate(writer);
    expect([functions["scalar"]?.(), functions["vector"]?.(), functions["wide"]?.()]).toEqual([value | 0, value | 0, value | 0]);
  });

  it.each([true, false])("multiplies and adds (relaxed SIMD: %s)", (relaxedSimd) => {
    if (relaxedSimd && !detectFeatures().relaxedSimd) return;
    const writer = new ModuleWriter({ ...detectFeatures(), relaxedSimd });
    writer.addFunction("f", { parameters: [], results: ["f64"] }, (w) => {
      const two = w.splatConstant("f64x2", 2);
      const three = w.splatConstant("f64x2", 3);
      const five = w.splatConstant("f64x2", 50);
      const product = w.local("v128");
      w.multiplyAdd("f64x2", two, three, five);
      w.set(product);
      w.negativeMultiplyAdd("f64x2", two, product, () => { w.get(three); });
      w.set(product);
      w.selectLanes("f64x2", () => {
        w.get(two);
        w.get(three);
        w.op("f64x2.lt");
      }, product, five);
      w.lane("f64x2.extract_lane", 0);
    });
    expect(instantiate(writer)["f"]?.()).toBe(3 - 2 * (2 * 3 + 50));
  });

  it("shuffles lanes of 32 and 64 bits", () => {
    const writer = new ModuleWriter();
    writer.addFunction("f", { parameters: ["f32", "f32"], results: ["f32"] }, (w) => {
      for (const parameter of w.parameters) {
        w.get(parameter);
        w.op("f32x4.splat");
      }
      w.shuffle([0, 4, 1, 5]);
      w.get(w.splatConstant("f32x4", 0));
      w.shuffle([0, 2]);
      w.lane("f32x4.extract_lane", 1);
    });
    expect(instantiate(writer)["f"]?.(7, 8)).toBe(8);
  });
});

describe("ModuleWriter", () => {
  it("calls imported functions, and its own after them", () => {
    const writer = new ModuleWriter();
    writer.importFunction("math", "sin", { parameters: ["f64"], results: ["f64"] });
    writer.importFunction("math", "exp", { parameters: ["f64"], results: ["f64"] });
    const inner = writer.addFunction(undefined, { parameters: ["f64"], results: ["f64"] }, (w) => {
      for (const parameter of w.parameters) w.get(parameter);
      w.callImport("sin");
    });
    writer.addFunction("outer", { parameters: ["f64"], results: ["f64"] }, (w) => {
      for (const parameter of w.parameters) w.get(parameter);
      w.call(inner);
      w.callImport("exp");
      w.callImport("sin");
    });
    const functions = instantiate(writer, { math: { sin: Math.sin, exp: Math.exp } });
    expect(functions["outer"]?.(0.7)).toBe(Math.sin(Math.exp(Math.sin(0.7))));
  });

  it("calls a function that is written while the caller is", () => {
    const writer = new ModuleWriter();
    writer.addFunction("outer", { parameters: [], results: ["i32"] }, (w) => {
      w.call(writer.addFunction(undefined, { parameters: [], results: ["i32"] }, (inner) => { inner.i32(7); }));
    });
    expect(instantiate(writer)["outer"]?.()).toBe(7);
  });

  it("reads and writes an imported memory", () => {
    const writer = new ModuleWriter();
    writer.importMemory("env", "memory", { min: 1, max: 2 });
    writer.addFunction("move", { parameters: [], results: [] }, (w) => {
      w.store(128, 64, () => { w.load("v128.load", 4, 0); });
      w.storeLane("v128.store32_lane", 300, 2, 0, w.splatConstant("i32x4", 9));
    });
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 });
    const words = new Int32Array(memory.buffer);
    words.set([1, 2, 3, 4, 5]);
    instantiate(writer, { env: { memory } })["move"]?.();
    expect([...words.subarray(48, 52)]).toEqual([2, 3, 4, 5]);
    expect([...words.subarray(74, 77)]).toEqual([0, 9, 0]);
  });

  it("imports a shared memory", () => {
    const writer = new ModuleWriter();
    writer.importMemory("env", "memory", { min: 1, max: 4, shared: true });
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true });
    expect(new WebAssembly.Instance(new WebAssembly.Module(writer.toBytes()), { env: { memory } }).exports).toEqual({});
  });

  it("writes a large module in order", () => {
    const writer = new ModuleWriter();
    for (let index = 0; index < 300; index += 1) {
      writer.addFunction(`f${String(index)}`, { parameters: [], results: ["i32"] }, (w) => { w.i32(index * 1000); });
    }
    const functions = instantiate(writer);
    expect(functions["f299"]?.()).toBe(299_000);
    expect(functions["f0"]?.()).toBe(0);
  });
});

import type { NestedNumbers, Tensor } from "@opt/core";
import { compile, grad, key, randomNormal, slice, tensor, treePaths, valueAndGrad, zeros } from "@opt/core";
import { identity } from "@opt/init";
import { checkGradients } from "@opt/testing";
import { describe, expect, it } from "vitest";
import type { RecurrentCell, RecurrentParams } from "../src/index.ts";
import { dense, lstmCell, recurrent, sequential, simpleRecurrentCell, unroll } from "../src/index.ts";
import { expectClose, f64, tensorsOf } from "./close.ts";
import { goldenCases } from "./golden.ts";

type Numbers = Readonly<Record<string, NestedNumbers>>;
type ParamNumbers = Readonly<Record<keyof RecurrentParams, NestedNumbers>>;

interface RecurrentCase {
  readonly cell: "tanh" | "relu" | "lstm";
  readonly params: ParamNumbers;
  readonly inputs: NestedNumbers;
  readonly initial: Numbers;
  readonly weights: NestedNumbers;
  readonly outputs: NestedNumbers;
  readonly final: Numbers;
  readonly loss: number;
  readonly gradients: ParamNumbers;
  readonly inputGradient: NestedNumbers;
  readonly initialGradient: Numbers;
}

/** The states of both cells are records of tensors. */
type AnyCell = RecurrentCell<RecurrentParams, Readonly<Record<string, Tensor>>>;

const cells: Readonly<Record<RecurrentCase["cell"], (inputs: number, units: number) => AnyCell>> = {
  tanh: (inputs, units) => simpleRecurrentCell({ inputs, units }),
  relu: (inputs, units) => simpleRecurrentCell({ inputs, units, activation: "relu" }),
  lstm: (inputs, units) => lstmCell({ inputs, units }),
};

describe("recurrent cells against PyTorch", () => {
  for (const golden of goldenCases<RecurrentCase>("recurrent")) {
    it(`the ${golden.cell} cell has the same outputs, states and gradients through time`, () => {
      const cell = cells[golden.cell](3, 4);
      const point = { params: tensorsOf(golden.params), x: f64(golden.inputs), initial: tensorsOf(golden.initial) };
      const { outputs, state } = unroll(cell, point.params, point.x, point.initial);
      expectClose(outputs, f64(golden.outputs), 1e-13);
      expectClose(state, tensorsOf(golden.final), 1e-13);
      const loss = ({ params, x, initial }: typeof point): Tensor => {
        const unrolled = unroll(cell, params, x, initial);
        const total = unrolled.outputs.mul(f64(golden.weights)).sum();
        return Object.values(unrolled.state).reduce((sum, leaf) => sum.add(leaf.pow(2).sum()), total);
      };
      const [value, gradients] = compile(valueAndGrad(loss), { donate: [] })(point);
      expect(Math.abs(value.item() - golden.loss)).toBeLessThan(1e-12);
      expectClose(gradients, { params: tensorsOf(golden.gradients), x: f64(golden.inputGradient), initial: tensorsOf(golden.initialGradient) }, 1e-12);
    });
  }

  for (const name of ["tanh", "lstm"] as const) {
    it(`the ${name} cell has the derivatives of finite differences, first and second`, () => {
      const cell = cells[name](2, 3);
      const x = randomNormal(key(3), [2, 4, 2], { dtype: "f64" });
      const params = cell.init(key(1), { dtype: "f64" });
      const model = recurrent(cell);
      checkGradients((at: RecurrentParams) => model.apply(at, x), params);
      checkGradients((at: RecurrentParams) => grad((own: RecurrentParams) => model.apply(own, x).pow(2).sum())(at).recurrentWeight, params);
    });
  }
});

describe("unroll", () => {
  const cell = lstmCell({ inputs: 2, units: 3 });
  const params = cell.init(key(1));
  const x = randomNormal(key(2), [4, 6, 2]);

  it("goes on from the state where an earlier part ended", () => {
    const whole = unroll(cell, params, x);
    const first = unroll(cell, params, slice(x, 1, 0, 4));
    const second = unroll(cell, params, slice(x, 1, 4), first.state);
    expectClose(second.state, whole.state, 1e-6);
    expectClose(second.outputs, slice(whole.outputs, 1, 4), 1e-6);
  });

  it("gives a model the last output, or all of them", () => {
    const { outputs } = unroll(cell, params, x);
    expectClose(recurrent(cell).apply(params, x), slice(outputs, 1, 5).reshape([4, 3]), 1e-6);
    expectClose(recurrent(cell, { outputs: "all" }).apply(params, x), outputs, 1e-6);
  });

  it("takes a cell of one's own", () => {
    const counter: RecurrentCell<{ rate: Tensor }, { total: Tensor }> = {
      init: () => ({ rate: tensor([2]) }),
      initialState: (batch) => ({ total: zeros([batch, 1]) }),
      step: (own, { total }, input) => {
        const next = total.add(input.mul(own.rate));
        return { output: next, state: { total: next } };
      },
    };
    const model = recurrent(counter, { outputs: "all" });
    expect(Array.from(model.apply(model.init(key(1)), tensor([[[1], [2], [3]]])).readSync())).toEqual([2, 6, 12]);
  });

  it("stacks, and stands before a dense layer", () => {
    const model = sequential([
      recurrent(lstmCell({ inputs: 2, units: 3 }), { outputs: "all" }),
      recurrent(simpleRecurrentCell({ inputs: 3, units: 2 })),
      dense({ inputs: 2, outputs: 1 }),
    ]);
    const own = model.init(key(1), { dtype: "f64" });
    expect(treePaths(own).slice(0, 4)).toEqual(["layers[0].inputWeight", "layers[0].recurrentWeight", "layers[0].bias", "layers[1].inputWeight"]);
    expect(model.apply(own, randomNormal(key(2), [5, 4, 2], { dtype: "f64" })).shape).toEqual([5, 1]);
  });
});

describe("the start of the cells", () => {
  it("an LSTM keeps its memory by a forget bias of 1 or what is asked for", () => {
    expect(Array.from(lstmCell({ inputs: 2, units: 2 }).init(key(1)).bias.readSync())).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
    expect(Array.from(lstmCell({ inputs: 2, units: 1, forgetBias: 0 }).init(key(1)).bias.readSync())).toEqual([0, 0, 0, 0]);
  });

  it("each gate of an LSTM has an orthogonal recurrent matrix of its own", () => {
    const { recurrentWeight } = lstmCell({ inputs: 2, units: 3 }).init(key(1), { dtype: "f64" });
    const gates = [0, 1, 2, 3].map((gate) => slice(recurrentWeight, 1, 3 * gate, 3 * gate + 3));
    for (const weight of gates) expectClose(weight.transpose().matmul(weight), f64([[1, 0, 0], [0, 1, 0], [0, 0, 1]]), 1e-13);
    expect(gates[0]?.readSync()).not.toEqual(gates[1]?.readSync());
  });

  it("a rectified cell with an identity for its recurrent matrix adds up its inputs", () => {
    const cell = simpleRecurrentCell({ inputs: 1, units: 1, activation: "relu", recurrentInitializer: identity() });
    const params = { ...cell.init(key(1)), inputWeight: tensor([[1]]) };
    expect(Array.from(unroll(cell, params, tensor([[[1], [2], [3]]])).outputs.readSync())).toEqual([1, 3, 6]);
  });
});

describe("mistakes with recurrent cells", () => {
  it("are named", () => {
    const cell = simpleRecurrentCell({ inputs: 2, units: 3 });
    const params = cell.init(key(1));
    const lstm = lstmCell({ inputs: 2, units: 3 });
    const model = recurrent(cell);
    expect(() => model.apply(params, zeros([4, 2]))).toThrowErrorMatchingInlineSnapshot(`[OptError: recurrent.apply(params, x): x must have shape [batch, time, features] with one step or more; got f32[4, 2].]`);
    expect(() => model.apply(params, zeros([4, 0, 2]))).toThrowErrorMatchingInlineSnapshot(`[OptError: recurrent.apply(params, x): x must have shape [batch, time, features] with one step or more; got f32[4, 0, 2].]`);
    expect(() => model.apply(params, zeros([4, 5, 3]))).toThrowErrorMatchingInlineSnapshot(`[OptError: simpleRecurrentCell.step(params, state, x): x must have shape [4, 2]; got f32[4, 3].]`);
    expect(() => model.apply(params, tensor(new Int32Array(4), { shape: [1, 2, 2] }))).toThrowErrorMatchingInlineSnapshot(`[OptError: recurrent.apply(params, x): x must be f32 or f64; got i32[1, 2, 2]. Use cast(x, "f32").]`);
    expect(() => recurrent(lstm).apply(params, zeros([4, 5, 2]))).toThrowErrorMatchingInlineSnapshot(`[OptError: lstmCell.step(params, state, x): params.inputWeight must have shape [2, 12]; got f32[2, 3].]`);
    expect(() => unroll(cell, params, zeros([4, 5, 2]), cell.initialState(3))).toThrowErrorMatchingInlineSnapshot(`[OptError: simpleRecurrentCell.step(params, state, x): state.hidden must have shape [4, 3]; got f32[3, 3].]`);
    // @ts-expect-error an unknown choice
    expect(() => recurrent(cell, { outputs: "lst" })).toThrowErrorMatchingInlineSnapshot(`[OptError: recurrent({ outputs }): must be "last" or "all"; got "lst". Did you mean "last"?]`);
    // @ts-expect-error not a cell
    expect(() => recurrent(dense({ inputs: 1, outputs: 1 }))).toThrowErrorMatchingInlineSnapshot(`[OptError: recurrent(cell): must be a cell { init, initialState, step }, such as lstmCell(…); got an object with keys init, apply.]`);
    expect(() => lstmCell({ inputs: 2, units: 0 })).toThrowErrorMatchingInlineSnapshot(`[OptError: lstmCell({ units }): must be an integer ≥ 1; got 0.]`);
    expect(() => simpleRecurrentCell({ inputs: 2, units: 2, activation: (x) => x, biasInitializer: 0 as never })).toThrowErrorMatchingInlineSnapshot(`[OptError: simpleRecurrentCell({ biasInitializer }): must be an initializer, a function of a key and a shape; got 0. Use one of @opt/init, such as heNormal().]`);
  });
});

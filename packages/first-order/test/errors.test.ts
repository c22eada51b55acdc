import type { Optimizer } from "@opt/core";
import { OptError, tensor } from "@opt/core";
import { describe, expect, it } from "vitest";
import {
  adagrad, adam, adamW, addDecayedWeights, chain, clipByGlobalNorm, clipByNorm, clipByValue, deltaBarDelta, momentum, named, nesterov, rmsprop,
  rmspropNesterov, scale, scaleByAdam, scaleByLearningRate, scaleByRms, sgd, shrinkWeights, trace, withoutLookAhead,
} from "../src/index.ts";

/** The code and message of the error that making something gives. */
function complaint(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (error instanceof OptError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "no error";
}

/** What a caller without types may hand over. */
function wrong<T>(value: unknown): T {
  return value as T;
}

describe("options are checked when an optimizer is made", () => {
  it("out of range", () => {
    expect([
      () => sgd({ learningRate: -1 }),
      () => sgd({ learningRate: Number.NaN }),
      () => sgd(wrong({})),
      () => sgd({ learningRate: 0.1, weightDecay: -1 }),
      () => momentum({ learningRate: 0.1, momentum: 1 }),
      () => momentum({ learningRate: 0.1, dampening: -0.1 }),
      () => nesterov({ learningRate: 0.1, momentum: 1.5 }),
      () => adagrad({ epsilon: -1 }),
      () => adagrad({ initialAccumulator: -1 }),
      () => rmsprop({ decay: 1 }),
      () => rmsprop({ momentum: wrong("much") }),
      () => rmspropNesterov({ epsilon: Number.POSITIVE_INFINITY }),
      () => adam({ beta1: -0.1 }),
      () => adam({ beta2: 1.2 }),
      () => adam({ epsilonRoot: -1 }),
      () => adamW({ weightDecay: -0.01 }),
      () => deltaBarDelta({ learningRate: 0 }),
      () => deltaBarDelta({ learningRate: 0.1, decrease: 1 }),
      () => clipByValue(0),
      () => clipByNorm(-1),
      () => clipByGlobalNorm(Number.NaN),
      () => scale(Number.POSITIVE_INFINITY),
      () => scaleByLearningRate(wrong("0.1")),
      () => scaleByAdam({ beta1: 2 }),
      () => scaleByRms({ decay: -1 }),
      () => trace({ momentum: 1 }),
      () => addDecayedWeights({ weightDecay: -1 }),
      () => shrinkWeights({ weightDecay: 1, learningRate: -1 }),
    ].map(complaint)).toMatchInlineSnapshot(`
      [
        "option: sgd({ learningRate }): must be a number ≥ 0; got -1.",
        "option: sgd({ learningRate }): must be a number ≥ 0; got NaN.",
        "option: sgd({ learningRate }): must be a number ≥ 0 or a schedule (step) => number; got undefined.",
        "option: sgd({ weightDecay }): must be a number ≥ 0; got -1.",
        "option: momentum({ momentum }): must be in [0, 1); got 1.",
        "option: momentum({ dampening }): must be in [0, 1); got -0.1.",
        "option: nesterov({ momentum }): must be in [0, 1); got 1.5.",
        "option: adagrad({ epsilon }): must be a number ≥ 0; got -1.",
        "option: adagrad({ initialAccumulator }): must be a number ≥ 0; got -1.",
        "option: rmsprop({ decay }): must be in [0, 1); got 1.",
        "option: rmsprop({ momentum }): must be in [0, 1); got "much".",
        "option: rmspropNesterov({ epsilon }): must be a number ≥ 0; got Infinity.",
        "option: adam({ beta1 }): must be in [0, 1); got -0.1.",
        "option: adam({ beta2 }): must be in [0, 1); got 1.2.",
        "option: adam({ epsilonRoot }): must be a number ≥ 0; got -1.",
        "option: adamW({ weightDecay }): must be a number ≥ 0; got -0.01.",
        "option: deltaBarDelta({ learningRate }): must be a number > 0; got 0.",
        "option: deltaBarDelta({ decrease }): must be in [0, 1); got 1.",
        "option: clipByValue({ limit }): must be a number > 0; got 0.",
        "option: clipByNorm({ maxNorm }): must be a number > 0; got -1.",
        "option: clipByGlobalNorm({ maxNorm }): must be a number > 0; got NaN.",
        "option: scale({ factor }): must be a finite number; got Infinity.",
        "option: scaleByLearningRate({ learningRate }): must be a number ≥ 0 or a schedule (step) => number; got "0.1".",
        "option: scaleByAdam({ beta1 }): must be in [0, 1); got 2.",
        "option: scaleByRms({ decay }): must be in [0, 1); got -1.",
        "option: trace({ momentum }): must be in [0, 1); got 1.",
        "option: addDecayedWeights({ weightDecay }): must be a number ≥ 0; got -1.",
        "option: shrinkWeights({ learningRate }): must be a number ≥ 0; got -1.",
      ]
    `);
  });

  it("not one of the choices", () => {
    expect([
      () => nesterov({ learningRate: 0.1, form: wrong("lookahead") }),
      () => adam({ epsilonPlacement: wrong("inside") }),
      () => adam({ weightDecayForm: wrong("L2") }),
      () => adamW({ weightDecayForm: wrong("l2") }),
      () => rmsprop({ centered: wrong(1) }),
      () => momentum({ learningRate: 0.1, learningRateInside: wrong("yes") }),
      () => sgd({ learningRate: 0.1, weightDecayMask: wrong(["bias"]) }),
    ].map(complaint)).toMatchInlineSnapshot(`
      [
        "option: nesterov({ form }): must be "look-ahead" or "gradient-correction"; got "lookahead". Did you mean "look-ahead"?",
        "option: adam({ epsilonPlacement }): must be "corrected" or "uncorrected"; got "inside".",
        "option: adam({ weightDecayForm }): must be "l2" or "lr-coupled" or "independent"; got "L2". Did you mean "l2"?",
        "option: adamW({ weightDecayForm }): must be "lr-coupled" or "independent"; got "l2".",
        "option: rmsprop({ centered }): must be false or true; got 1.",
        "option: momentum({ learningRateInside }): must be true or false; got "yes".",
        "option: sgd({ weightDecayMask }): must be a function (path, param) => boolean; got ["bias"].",
      ]
    `);
  });

  it("a misspelt name", () => {
    expect([
      () => sgd(wrong({ learningrate: 0.1 })),
      () => momentum(wrong({ learningRate: 0.1, momentun: 0.9 })),
      () => nesterov(wrong({ learningRate: 0.1, dampening: 0.5 })),
      () => adagrad(wrong({ eps: 1 })),
      () => rmsprop(wrong({ centred: true })),
      () => rmspropNesterov(wrong({ nesterov: true })),
      () => adam(wrong({ beta_2: 0.9 })),
      () => adamW(wrong({ weightdecay: 0.1 })),
      () => deltaBarDelta(wrong({ learningRate: 0.1, kappa: 1 })),
      () => trace(wrong({ momentum: 0.9, nestrov: true })),
    ].map(complaint)).toMatchInlineSnapshot(`
      [
        "option: sgd({ learningrate }): unknown option. Did you mean "learningRate"?",
        "option: momentum({ momentun }): unknown option. Did you mean "momentum"?",
        "option: nesterov({ dampening }): unknown option. Known options: learningRate, momentum, form, weightDecay, weightDecayForm, weightDecayMask.",
        "option: adagrad({ eps }): unknown option. Known options: learningRate, epsilon, epsilonInsideRoot, initialAccumulator, weightDecay, weightDecayForm, weightDecayMask.",
        "option: rmsprop({ centred }): unknown option. Did you mean "centered"?",
        "option: rmspropNesterov({ nesterov }): unknown option. Did you mean "centered"?",
        "option: adam({ beta_2 }): unknown option. Did you mean "beta2"?",
        "option: adamW({ weightdecay }): unknown option. Did you mean "weightDecay"?",
        "option: deltaBarDelta({ kappa }): unknown option. Known options: learningRate, increase, decrease, smoothing, weightDecay, weightDecayForm, weightDecayMask.",
        "option: trace({ nestrov }): unknown option. Did you mean "nesterov"?",
      ]
    `);
  });

  it("a link of a chain that is no optimizer", () => {
    expect(complaint(() => chain(clipByValue(1), wrong<Optimizer>(adam)))).toMatchInlineSnapshot(`"option: chain(...transforms): transform 1 must be an optimizer, an object with init and update; call the function that makes it."`);
  });
});

describe("trees are checked when a step is traced", () => {
  const params = { layers: [{ weight: tensor([[1, 2], [3, 4]]), bias: tensor([1, 2]) }] };
  const update = (gradients: unknown): string => {
    const optimizer = adam();
    return complaint(() => optimizer.update(wrong<typeof params>(gradients), optimizer.init(params), params));
  };
  const { weight, bias } = { weight: tensor([[1, 1], [1, 1]]), bias: tensor([1, 1]) };

  it("names the parameter's path", () => {
    expect([
      { layers: [{ weight, bias: tensor([1]) }] },
      { layers: [{ weight, bias: tensor([1, 1], { dtype: "f64" }) }] },
      { layers: [{ weight }] },
      { layers: [] },
      { layers: [{ weight, bias, extra: bias }] },
    ].map(update)).toMatchInlineSnapshot(`
      [
        "shape: adam: gradient layers[0].bias: must have the parameter's shape [2]; got [1].",
        "dtype: adam: gradient layers[0].bias: must have the parameter's dtype f32; got f64.",
        "tree: adam: gradients: must have the parameters' structure; got none for parameter layers[0].bias.",
        "tree: adam: gradients: must have the parameters' structure; got none for parameter layers[0].weight.",
        "tree: adam: gradients: must have the parameters' structure; got layers[0].extra, which is no parameter.",
      ]
    `);
  });

  it("refuses parameters that are no floats, and states of other optimizers", () => {
    const optimizer = sgd({ learningRate: 0.1 });
    expect([
      () => optimizer.init({ counts: tensor([1], { dtype: "i32" }) }),
      () => optimizer.init(tensor([1], { dtype: "i32" })),
      () => optimizer.update(params, wrong([]), params),
      () => withoutLookAhead(params, optimizer.init(params)),
      () => withoutLookAhead(params, nesterov({ learningRate: 0.1 }).init(params), { momentum: 1 }),
      () => named("mine", sgd({ learningRate: 1 })).init({ n: tensor([1], { dtype: "i32" }) }),
    ].map(complaint)).toMatchInlineSnapshot(`
      [
        "dtype: sgd: parameter counts: must be f32 or f64; got i32. Use cast(parameter, "f32").",
        "dtype: sgd: parameter: must be f32 or f64; got i32. Use cast(parameter, "f32").",
        "tree: chain: the state must be the tuple of 3 states that init made; this one belongs to another optimizer.",
        "tree: withoutLookAhead(params, state): the state must be that of nesterov or rmspropNesterov; this one has no velocity. Inside a chain, hand over the optimizer's own part of the state.",
        "option: withoutLookAhead({ momentum }): must be in [0, 1); got 1.",
        "dtype: mine: parameter n: must be f32 or f64; got i32. Use cast(parameter, "f32").",
      ]
    `);
  });
});

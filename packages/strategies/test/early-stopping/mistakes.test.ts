import { tensor } from "@opt/core";
import { describe, expect, it } from "vitest";
import type { EarlyStoppingOptions, PatienceOptions, RetrainingData } from "../../src/index.ts";
import { earlyStopping, patienceRule, stopAfterSteps } from "../../src/index.ts";
import { mistake } from "../mistake.ts";

type Untyped = Readonly<Record<string, unknown>>;
type Options = EarlyStoppingOptions<StoppingPoint["params"], StoppingPoint["state"], StoppingPoint["variables"]>;
type StoppingPoint = Parameters<ReturnType<typeof earlyStopping>["onEpoch"]>[0];

const point = { epoch: 0, steps: 3, params: { w: tensor([1]) }, state: {}, variables: {} };

describe("early stopping refuses", () => {
  it("bad options", async () => {
    const stop = (options: Untyped): unknown => earlyStopping(options as unknown as Options);
    expect(await Promise.all([
      () => stop({}),
      () => stop({ patience: 0 }),
      () => stop({ patience: 2.5 }),
      () => stop({ patience: 2, minimumImprovement: -1 }),
      () => stop({ patience: 2, mode: "minimum" }),
      () => stop({ patience: 2, metric: 3 }),
      () => stop({ patience: 2, restoreBest: true }),
      () => patienceRule({ patience: -1 }),
      () => patienceRule({ patience: 1, metric: "loss" } as PatienceOptions),
      () => stopAfterSteps(0),
    ].map(mistake))).toMatchInlineSnapshot(`
      [
        "option: earlyStopping({ patience }): must be an integer ≥ 1; got undefined.",
        "option: earlyStopping({ patience }): must be an integer ≥ 1; got 0.",
        "option: earlyStopping({ patience }): must be an integer ≥ 1; got 2.5.",
        "option: earlyStopping({ minimumImprovement }): must be a number ≥ 0; got -1.",
        "option: earlyStopping({ mode }): must be "min" or "max"; got "minimum".",
        "option: earlyStopping({ metric }): must be the name of a validation metric or a function of the epoch's record; got 3.",
        "option: earlyStopping({ restoreBest }): unknown option. Known options: patience, minimumImprovement, mode, metric, signal.",
        "option: patienceRule({ patience }): must be an integer ≥ 1; got -1.",
        "option: patienceRule({ metric }): unknown option. Known options: patience, minimumImprovement, mode.",
        "option: stopAfterSteps({ steps }): must be an integer ≥ 1; got 0.",
      ]
    `);
  });

  it("a metric that is not there, or no number", async () => {
    const hear = async (metric: unknown, validation?: Readonly<Record<string, number>>): Promise<void> =>
      earlyStopping({ patience: 2, metric } as unknown as Options).onEpoch({ ...point, ...(validation && { validation }) });
    expect(await Promise.all([
      async () => hear("error"),
      async () => hear("eror", { loss: 1, error: 0.5 }),
      async () => hear("precision", { loss: 1, error: 0.5 }),
      async () => hear(() => "0.5"),
    ].map(mistake))).toMatchInlineSnapshot(`
      [
        "option: earlyStopping({ metric: "error" }): the epoch has no validation. Give fit the option validation, or a function as metric.",
        "option: earlyStopping({ metric: "eror" }): the validation has no such metric. Did you mean "error"?",
        "option: earlyStopping({ metric: "precision" }): the validation has no such metric. Known metrics: loss, error.",
        "option: earlyStopping({ metric }): must return a number; got "0.5".",
      ]
    `);
  });

  it("to give what it does not have yet", async () => {
    const stopping = earlyStopping({ patience: 2 });
    const early = await mistake(() => stopping.retrainingSteps());
    await stopping.onEpoch({ ...point, validation: { loss: 1 } });
    expect([early, ...(await Promise.all([
      () => stopping.retrainingSteps({ trainingExamples: 10, allExamples: 5 }),
      () => stopping.retrainingSteps({ trainingExamples: 0, allExamples: 5 }),
      () => stopping.retrainingSteps({ training: 1 } as unknown as RetrainingData),
      () => stopping.restore({ ...point, params: { v: tensor([1]) } }),
    ].map(mistake)))]).toMatchInlineSnapshot(`
      [
        "option: earlyStopping.retrainingSteps(): there is no best point yet: no epoch has ended whose metric was a number.",
        "option: earlyStopping.retrainingSteps({ allExamples }): must be an integer ≥ 10; got 5.",
        "option: earlyStopping.retrainingSteps({ trainingExamples }): must be an integer ≥ 1; got 0.",
        "option: earlyStopping.retrainingSteps({ training }): unknown option. Known options: trainingExamples, allExamples.",
        "tree: earlyStopping.restore(reached): must have the structure of the best point; params.w is missing.",
      ]
    `);
  });
});

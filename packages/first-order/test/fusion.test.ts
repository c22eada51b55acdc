import type { Optimizer, StateTree, Tensor } from "@opt/core";
import { applyUpdates, compile, explain, tensor } from "@opt/core";
import { describe, expect, it } from "vitest";
import { chain, clipByGlobalNorm, clipByValue } from "../src/index.ts";
import { optimizers } from "./table.ts";

type Params = { readonly weight: Tensor; readonly bias: Tensor };

/** The second line of the explanation of a compiled step: kernels, bytes, host calls. */
function summaryOf(optimizer: Optimizer): string {
  const step = compile((params: Params, state: StateTree, gradients: Params): [Params, StateTree] => {
    const { updates, state: next } = optimizer.update(gradients, state, params);
    return [applyUpdates(params, updates), next];
  });
  const make = (): Params => ({ weight: tensor([[1, 2, 3], [4, 5, 6]]), bias: tensor([1, 2]) });
  const params = make();
  step(params, optimizer.init(params), make());
  return explain(step).split("\n")[1] ?? "";
}

describe("a compiled update is one pass over memory for each parameter", () => {
  for (const { name, make } of optimizers) {
    it(`${name}, alone and behind a clip`, () => {
      expect(summaryOf(make())).toMatch(/^2 kernels; .* 0 bytes of temporaries/);
      expect(summaryOf(chain(clipByValue(1), make()))).toMatch(/^2 kernels; .* 0 bytes of temporaries/);
    });
  }

  it("and one more reduction for a global norm at most", () => {
    for (const { make } of optimizers) {
      const kernels = Number.parseInt(summaryOf(chain(clipByGlobalNorm(1), make())), 10);
      expect(kernels).toBeLessThanOrEqual(4);
    }
  });
});

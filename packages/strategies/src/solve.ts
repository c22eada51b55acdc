import type { Optimizer, StateTree, Tensor, TensorTree } from "@opt/core";
import { applyUpdates, checkNumber, checkOptions, clone, compile, describeValue, fail, valueAndGrad } from "@opt/core";

/** A loss of parameters and of whatever else it takes, such as a batch: a rank-0 tensor. */
export type Loss<Params extends TensorTree, Rest extends readonly unknown[] = []> = (params: Params, ...rest: Rest) => Tensor;

/**
 * Anything that improves parameters under a loss, from where they are: `fit`, `minimize`, {@link solveWith} or your own loop
 * behind a function of this form.
 */
export type Solve<Params extends TensorTree, Rest extends readonly unknown[] = []> = (
  loss: Loss<Params, Rest>,
  params: Params,
) => Params | Promise<Params>;

/** Options of {@link solveWith}. */
export interface SolveWithOptions<State extends StateTree> {
  /** Any optimizer; it starts with a fresh state at each call. */
  readonly optimizer: Optimizer<State>;
  /** How many steps a call takes; an integer ≥ 1. */
  readonly steps: number;
}

/** A solver for any parameters. */
export type SolveAny = <Params extends TensorTree>(loss: Loss<Params>, params: Params) => Params;

/**
 * Makes a solver out of an optimizer: `steps` compiled steps `θ ← θ + u(∇J(θ))` on the loss it is given.
 *
 * @param options - The optimizer and the number of steps.
 * @returns A function `(loss, params) => params`; the parameters it is given stay as they are.
 * @throws OptError `option` for a bad option.
 * @see Goodfellow, Bengio and Courville, Deep Learning, 2016, section 8.7.6: the solver inside a continuation method.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import { sgd } from "@opt/first-order";
 * import { solveWith } from "@opt/strategies";
 *
 * const solve = solveWith({ optimizer: sgd({ learningRate: 0.5 }), steps: 2 });
 * solve((x) => x.sub(3).pow(2).sum(), tensor([0])).readSync(); // [3]
 * ```
 */
export function solveWith<State extends StateTree>(options: SolveWithOptions<State>): SolveAny {
  checkOptions("solveWith", options, ["optimizer", "steps"]);
  const { optimizer } = options;
  if (typeof optimizer?.update !== "function") fail("option", `solveWith({ optimizer }): must have the functions init and update; got ${describeValue(optimizer)}.`);
  const steps = checkNumber("solveWith", "steps", options.steps, { min: 1, integer: true });
  return <Params extends TensorTree>(loss: Loss<Params>, start: Params): Params => {
    const step = compile((params: Params, state: State): [Params, State] => {
      const [value, gradients] = valueAndGrad((traced: Params) => loss(traced))(params);
      const { updates, state: next } = optimizer.update(gradients, state, params, { value });
      return [applyUpdates(params, updates), next];
    });
    let params = clone(start);
    let state = clone(optimizer.init(params));
    for (let count = 0; count < steps; count++) [params, state] = step(params, state);
    return params;
  };
}

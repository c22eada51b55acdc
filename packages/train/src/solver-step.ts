import type { BatchObjective, BatchSolver, Key, Scalar, StateTree, Tensor, TensorTree } from "@opt/core";
import { compile, hvp, tensor, treeLeaves, valueAndGrad } from "@opt/core";
import type { LossFunction } from "./loss.ts";
import { lossAndVariables, trainingContext } from "./loss.ts";
import type { Step, StepResult, Trained } from "./step.ts";

/** What a loss depends on besides the parameters, the same for all evaluations of one batch. */
type Situation<Batch extends TensorTree, Variables extends StateTree> = {
  readonly batch: Batch;
  readonly variables: Variables;
  readonly step: Scalar;
  readonly key: Key | undefined;
};

/**
 * Makes a training step of a solver: the loss and its derivatives are compiled once each, and handed over as functions of the
 * parameters alone, with the batch, the variables and the key held fast. The variables move on once for each batch, from
 * where the solver starts.
 */
export function makeSolverStep<Params extends TensorTree, Batch extends TensorTree, State extends StateTree, Variables extends StateTree>(
  loss: LossFunction<Params, Batch, Variables>,
  solver: BatchSolver<State>,
): Step<Params, State, Variables, Batch> {
  const both = (params: Params, { batch, variables, step, key }: Situation<Batch, Variables>): readonly [Tensor, Variables] =>
    lossAndVariables(loss, trainingContext(variables, step, key))(params, batch);
  const lossIn = (params: Params, situation: Situation<Batch, Variables>): Tensor => both(params, situation)[0];
  const value = compile(lossIn, { donate: [] });
  const valueAndGradient = compile(valueAndGrad(lossIn), { donate: [] });
  const hessianVector = compile(hvp(lossIn), { donate: [] });
  const nextVariables = compile((params: Params, situation: Situation<Batch, Variables>) => both(params, situation)[1], { donate: [] });
  return (trained, batch, step, key) => {
    const { params, state, variables } = trained;
    const situation = { batch, variables, step, key };
    const objective: BatchObjective<Params> = {
      value: (at) => value(at, situation),
      valueAndGradient: (at) => valueAndGradient(at, situation),
      hessianVector: (at, direction) => hessianVector(at, direction, situation),
    };
    const solution = solver.solve(objective, state, params);
    const resultOf = (solved: Awaited<typeof solution>): StepResult<Params, State, Variables> => {
      const kept = Number.isNaN(solved.value) || treeLeaves(variables).length === 0;
      const next: Trained<Params, State, Variables> = { params: solved.params, state: solved.state, variables: kept ? variables : nextVariables(params, situation) };
      return [next, tensor(solved.value, { dtype: "f64" }), solved.message];
    };
    return solution instanceof Promise ? solution.then(resultOf) : resultOf(solution);
  };
}

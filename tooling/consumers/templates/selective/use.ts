// Two packages alone train a model: a line through four points.
import { applyUpdates, compile, tensor, valueAndGrad, zeros } from "@opt/core";
import { adam } from "@opt/first-order";

const inputs = tensor([[0], [1], [2], [3]]);
const targets = tensor([[1], [3], [5], [7]]);

type Parameters = { weight: ReturnType<typeof tensor>; bias: ReturnType<typeof tensor> };
const lossOf = ({ weight, bias }: Parameters) => {
  const error = inputs.matmul(weight).add(bias).sub(targets);
  return error.mul(error).mean();
};

const optimizer = adam({ learningRate: 0.1 });
let parameters: Parameters = { weight: zeros([1, 1]), bias: zeros([1]) };
let state = optimizer.init(parameters);
const step = compile((current: typeof parameters, before: typeof state) => {
  const [loss, gradients] = valueAndGrad(lossOf)(current);
  const { updates, state: next } = optimizer.update(gradients, before, current);
  return [applyUpdates(current, updates), next, loss] as const;
});

let last = Number.POSITIVE_INFINITY;
for (let count = 0; count < 400; count++) {
  const [nextParameters, nextState, loss] = step(parameters, state);
  parameters = nextParameters;
  state = nextState;
  last = loss.item();
}
if (!(last < 1e-3)) throw new Error(`the line was not found: the loss is ${last}`);
if (!(Math.abs(parameters.weight.item() - 2) < 0.05)) throw new Error(`the slope should be 2; it is ${parameters.weight.item()}`);

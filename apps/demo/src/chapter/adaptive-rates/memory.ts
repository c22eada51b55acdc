import type { Optimizer, Tensor } from "@opt/core";
import { abs, greater, square, tensor, where } from "@opt/core";
import { adagrad, rmsprop } from "@opt/first-order";
import { descend } from "../descend.ts";

const SLOPE = 100;
const START = 20;
const NEAR = 0.05;
const MOST_STEPS = 20_000;

/** `½x²` up to |x| = 1, and beyond it a long slope a hundred times as steep as anything inside. */
function bowlAfterSlope(x: Tensor): Tensor {
  return where(greater(abs(x), 1), abs(x).sub(1).mul(SLOPE).add(0.5), square(x).div(2)).sum();
}

/** How long an optimizer takes from where the bowl begins to near its minimum. */
export interface BowlAfterSlope {
  readonly name: string;
  readonly stepsOnSlope: number;
  readonly stepsInBowl: number;
  readonly path: readonly (readonly [step: number, distance: number])[];
}

function measure(name: string, optimizer: Optimizer): BowlAfterSlope {
  const path: (readonly [number, number])[] = [];
  let stepsOnSlope = 0;
  for (const { step, params } of descend(bowlAfterSlope, tensor([START], { dtype: "f64" }), optimizer)) {
    const distance = Math.abs(params.item());
    path.push([step, distance]);
    if (stepsOnSlope === 0 && distance <= 1) stepsOnSlope = step;
    if (distance <= NEAR || step === MOST_STEPS) break;
  }
  return { name, stepsOnSlope, stepsInBowl: path.length - 1 - stepsOnSlope, path };
}

/** AdaGrad, which remembers the slope for ever, and RMSProp, which forgets it; their rates take about as long down the slope. */
export function bowlsAfterSlope(): { readonly remembering: BowlAfterSlope; readonly forgetting: BowlAfterSlope } {
  return { remembering: measure("AdaGrad", adagrad({ learningRate: 0.5 })), forgetting: measure("RMSProp", rmsprop({ learningRate: 0.03 })) };
}

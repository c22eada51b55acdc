import type { StateTree, TensorTree } from "@opt/core";
import { clone, fail } from "@opt/core";
import { batchesOf, batchesPerEpoch, batchSize, showBatch } from "./batches.ts";
import { readNumber, withContext } from "./calls.ts";
import { describeNonFinite, findNonFinite, findOverflow } from "./diagnose.ts";
import { makeEvaluator } from "./evaluate.ts";
import { openEventLoop } from "./event-loop.ts";
import type { EventLoop } from "./event-loop.ts";
import type { FitOptions } from "./fit-options.ts";
import { checkFitOptions } from "./fit-options.ts";
import type { EpochRecord, FitResult } from "./history.ts";
import { makeStep, withNumbersOf } from "./step.ts";
import { makeStopwatch } from "./stopwatch.ts";

/**
 * Trains parameters by minibatch optimization: for each batch `θ ← θ + u(∇L(θ; batch))` with the optimizer's update u.
 *
 * The whole step, from the loss over its gradient to the updated parameters and state, is one compiled function. Training is
 * deterministic: equal parameters, batches and options give equal losses, bit for bit. About every 40 ms other work on the
 * event loop gets its turn, so that progress bars move, Ctrl-C works and a browser tab stays alive.
 *
 * A loss or gradient that is infinite or NaN is an outcome, not an error: that step is not taken, and training ends with the
 * status `non-finite`, the last parameters and state, and the path of the first tensor that was not finite.
 *
 * @param options - Loss, parameters, optimizer, batches and epochs; validation, callbacks and an abort signal.
 * @returns The parameters and state reached, the history of losses, and how training ended.
 * @throws OptError `option` or `tree` for bad options, `data` for an epoch without batches; what the loss, the batches and
 * the callbacks throw.
 *
 * @example
 * ```ts
 * import { tensor } from "@opt/core";
 * import type { Tensor } from "@opt/core";
 * import { sgd } from "@opt/first-order";
 * import { fit } from "@opt/train";
 *
 * const { params, status } = await fit({
 *   loss: (params: { slope: Tensor }, batch: { x: Tensor; y: Tensor }) => batch.x.mul(params.slope).sub(batch.y).pow(2).mean(),
 *   params: { slope: tensor(0) },
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   batches: () => [{ x: tensor([1, 2]), y: tensor([3, 6]) }],
 *   epochs: 50,
 * });
 * params.slope.item(); // 3
 * ```
 *
 * @see Goodfellow, Bengio and Courville, Deep Learning, sections 8.1.3 and 8.3.1.
 */
export async function fit<Params extends TensorTree, Batch extends TensorTree, State extends StateTree>(
  options: FitOptions<Params, Batch, State>,
): Promise<FitResult<Params, State>> {
  checkFitOptions(options);
  const eventLoop = openEventLoop();
  try {
    return await train(options, eventLoop);
  } finally {
    eventLoop.close();
  }
}

async function train<Params extends TensorTree, Batch extends TensorTree, State extends StateTree>(
  options: FitOptions<Params, Batch, State>,
  eventLoop: EventLoop,
): Promise<FitResult<Params, State>> {
  const { loss, optimizer, batches, epochs, firstEpoch = 0, validation, signal, onStep, onEpoch } = options;
  // Compiled steps update their arguments in place; the caller's tensors must survive.
  let params = clone(options.params);
  let state = clone(options.state ?? optimizer.init(params));
  const step = makeStep(loss, optimizer);
  const evaluator = makeEvaluator("fit", "validation", { loss, ...options.metrics });
  const stepsPerEpoch = batchesPerEpoch(batches);
  const stopwatch = makeStopwatch();
  const losses: number[] = [];
  const records: EpochRecord[] = [];

  const finish = (end: Pick<FitResult<Params, State>, "status" | "message" | "nonFinite">): FitResult<Params, State> => {
    stopwatch.stop();
    return { params, state, history: { steps: losses, epochs: records }, steps: losses.length, seconds: stopwatch.seconds(), ...end };
  };
  const aborted = (epoch: number): FitResult<Params, State> =>
    finish({ status: "aborted", message: `aborted by the signal in epoch ${String(epoch)}, after ${String(losses.length)} steps.` });

  for (let epoch = firstEpoch; epoch < firstEpoch + epochs; epoch++) {
    const secondsBefore = stopwatch.seconds();
    const stepsBefore = losses.length;
    let lossTotal = 0;
    let examples = 0;
    stopwatch.start();
    for (const batch of batchesOf("fit", "batches", batches, epoch)) {
      if (signal?.aborted === true) return aborted(epoch);
      const number = losses.length + 1;
      const size = batchSize("fit({ batches })", batch);
      const [nextParams, nextState, lossTensor] = withContext(
        () => `fit: step ${String(number)}, batch ${showBatch(batch)}`,
        () => step(params, state, batch),
      );
      const read = readNumber(lossTensor);
      const value = typeof read === "number" ? read : await read;
      params = nextParams;
      if (!Number.isFinite(value)) {
        state = withNumbersOf(nextState, state);
        stopwatch.stop();
        const nonFinite = { step: number, epoch, ...(await findNonFinite(loss, params, batch)) };
        return finish({ status: "non-finite", message: describeNonFinite(nonFinite), nonFinite });
      }
      state = nextState;
      const overflow = number === 1 ? await findOverflow(params) : undefined;
      if (overflow !== undefined) {
        params = clone(options.params);
        state = clone(options.state ?? optimizer.init(params));
        const nonFinite = { step: number, epoch, ...overflow };
        return finish({ status: "non-finite", message: describeNonFinite(nonFinite), nonFinite });
      }
      losses.push(value);
      lossTotal += size * value;
      examples += size;
      if (onStep !== undefined) {
        const info = { step: number, epoch, batch: number - stepsBefore, batchesPerEpoch: stepsPerEpoch, loss: value, seconds: stopwatch.seconds() };
        const pending = onStep(info);
        if (pending instanceof Promise) await pending;
      }
      const turn = eventLoop.turn();
      if (turn !== undefined) {
        stopwatch.stop();
        await turn;
        stopwatch.start();
      }
    }
    stopwatch.stop();
    if (examples === 0) fail("data", `fit({ batches }): epoch ${String(epoch)} has no examples. Is the batch size larger than the data set, with the last batch dropped?`);
    if (signal?.aborted === true) return aborted(epoch);
    const evaluation = validation === undefined ? undefined : await evaluator(params, validation, epoch, eventLoop, signal);
    if (validation !== undefined && evaluation === undefined) return aborted(epoch);
    const record: EpochRecord = {
      epoch,
      steps: losses.length - stepsBefore,
      loss: lossTotal / examples,
      seconds: stopwatch.seconds() - secondsBefore,
      ...(evaluation && { validation: evaluation }),
    };
    records.push(record);
    await onEpoch?.({ ...record, params, state });
  }
  const count = `${String(epochs)} ${epochs === 1 ? "epoch" : "epochs"}`;
  return finish({ status: "completed", message: `completed ${count}, ${String(losses.length)} steps.` });
}

import type { BackendChoice, BatchSolver, Optimizer, StateTree, Tensor, TensorTree } from "@opt/core";
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
import type { LossFunction } from "./loss.ts";
import { evaluationContext, lossOnly, trainingContext } from "./loss.ts";
import type { Place } from "./recovery.ts";
import { Recovery } from "./recovery.ts";
import { makeSolverStep } from "./solver-step.ts";
import type { Step, Trained } from "./step.ts";
import { makeStep, withNumbersOf } from "./step.ts";
import { makeStopwatch } from "./stopwatch.ts";

/**
 * Trains parameters by minibatch optimization: for each batch `θ ← θ + u(∇L(θ; batch))` with the optimizer's update u.
 *
 * The whole step, from the loss over its gradient to the updated parameters and state, is one compiled function. Training is
 * deterministic: equal parameters, batches and options give equal losses, bit for bit. About every 40 ms other work on the
 * event loop gets its turn, so that progress bars move, Ctrl-C works and a browser tab stays alive.
 *
 * A loss may need more than parameters and batch: its third argument holds `variables`, which it keeps from step to step
 * without gradients (running averages of batch normalization) and returns as `[loss, variables]`; `step`, for what changes
 * on a schedule; `key`, a fresh one for each step (dropout, noise); and `training`, false in evaluations.
 *
 * In place of an optimizer it takes a solver that evaluates each batch several times, such as `batchMinimizer()` of
 * `@opt/second-order`: line searches, conjugate gradients (Algorithm 8.9), L-BFGS. Such a step counts as one, whatever it costs, and
 * all evaluations of a batch see the same variables and the same key.
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
export async function fit<Params extends TensorTree, Batch extends TensorTree, State extends StateTree, Variables extends StateTree = Record<string, never>>(
  options: FitOptions<Params, Batch, State, Variables>,
): Promise<FitResult<Params, State, Variables>> {
  checkFitOptions(options);
  const eventLoop = openEventLoop();
  try {
    return await train(options, eventLoop);
  } finally {
    eventLoop.close();
  }
}

/** Copies of where training starts: compiled steps update their arguments in place, and the caller's tensors must survive. */
function startOf<Params extends TensorTree, Batch extends TensorTree, State extends StateTree, Variables extends StateTree>(
  options: FitOptions<Params, Batch, State, Variables>,
): Trained<Params, State, Variables> {
  const params = clone(options.params);
  return {
    params,
    state: clone(options.state ?? options.optimizer.init(params)),
    // Without variables no loss can ask for them: their type is the empty record.
    variables: clone(options.variables ?? ({} as Variables)),
  };
}

/** One update for each batch, or as many evaluations of it as a solver asks for. */
function stepOf<Params extends TensorTree, Batch extends TensorTree, State extends StateTree, Variables extends StateTree>(
  loss: LossFunction<Params, Batch, Variables>,
  optimizer: Optimizer<State> | BatchSolver<State>,
  backend: BackendChoice | undefined,
): Step<Params, State, Variables, Batch> {
  return "solve" in optimizer ? makeSolverStep(loss, optimizer) : makeStep(loss, optimizer, backend);
}

async function train<Params extends TensorTree, Batch extends TensorTree, State extends StateTree, Variables extends StateTree>(
  options: FitOptions<Params, Batch, State, Variables>,
  eventLoop: EventLoop,
): Promise<FitResult<Params, State, Variables>> {
  const { loss, optimizer, batches, epochs, firstEpoch = 0, firstStep = 0, key, validation, signal, onStep, onEpoch } = options;
  let trained = startOf(options);
  const step = stepOf(loss, optimizer, options.backend);
  const validationLoss = (params: Params, batch: Batch, { variables }: { readonly variables: Variables }): Tensor =>
    lossOnly(loss, evaluationContext(variables))(params, batch);
  const evaluator = makeEvaluator("fit", "validation", { loss: validationLoss, ...options.metrics });
  const stepsPerEpoch = batchesPerEpoch(batches);
  const stopwatch = makeStopwatch();
  const losses: number[] = [];
  const records: EpochRecord[] = [];

  const finish = (end: Pick<FitResult, "status" | "message" | "nonFinite">): FitResult<Params, State, Variables> => {
    stopwatch.stop();
    return { ...trained, history: { steps: losses, epochs: records }, steps: losses.length, seconds: stopwatch.seconds(), ...end };
  };
  const aborted = (epoch: number): FitResult<Params, State, Variables> =>
    finish({ status: "aborted", message: `aborted by the signal in epoch ${String(epoch)}, after ${String(losses.length)} steps.` });

  const recovery = options.recover === undefined ? undefined : new Recovery<Params, State, Variables>(options.recover, options.snapshotSteps ?? 200);
  /** Runs one epoch from a place in it; what it returns ends training. */
  const runEpoch = async (from: Place): Promise<FitResult<Params, State, Variables> | undefined> => {
    const { epoch } = from;
    const secondsBefore = stopwatch.seconds();
    const stepsBefore = losses.length - from.batches;
    let { lossTotal, examples } = from;
    let batchesDone = 0;
    stopwatch.start();
    for (const batch of batchesOf("fit", "batches", batches, epoch)) {
      // After a loss of the device these are done already.
      if (batchesDone < from.batches) {
        batchesDone++;
        continue;
      }
      await recovery?.keep({ epoch, batches: batchesDone, lossTotal, examples, steps: losses.length }, trained);
      if (signal?.aborted === true) return aborted(epoch);
      const number = losses.length + 1;
      const stepNumber = firstStep + losses.length;
      const size = batchSize("fit({ batches })", batch);
      const taken = withContext(
        () => `fit: step ${String(number)}, batch ${showBatch(batch)}`,
        () => step(trained, batch, stepNumber, key),
      );
      const [next, lossTensor, solverMessage] = taken instanceof Promise ? await taken : taken;
      const read = readNumber(lossTensor);
      const value = typeof read === "number" ? read : await read;
      if (!Number.isFinite(value)) {
        trained = { params: next.params, state: withNumbersOf(next.state, trained.state), variables: withNumbersOf(next.variables, trained.variables) };
        stopwatch.stop();
        const context = trainingContext(trained.variables, stepNumber, key);
        const nonFinite = { step: number, epoch, ...(await findNonFinite(lossOnly(loss, context), trained.params, batch)) };
        return finish({ status: "non-finite", message: describeNonFinite(nonFinite), nonFinite });
      }
      trained = next;
      const overflow = number === 1 ? await findOverflow(trained.params) : undefined;
      if (overflow !== undefined) {
        trained = startOf(options);
        const nonFinite = { step: number, epoch, ...overflow };
        return finish({ status: "non-finite", message: describeNonFinite(nonFinite), nonFinite });
      }
      losses.push(value);
      batchesDone++;
      lossTotal += size * value;
      examples += size;
      if (onStep !== undefined) {
        const stepOfEpoch = number - stepsBefore;
        const pending = onStep({ step: number, epoch, stepOfEpoch, batchesPerEpoch: stepsPerEpoch, loss: value, seconds: stopwatch.seconds(), batch, ...trained, ...(solverMessage !== undefined && { solverMessage }) });
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
    const evaluation = validation === undefined ? undefined : await evaluator(trained.params, trained.variables, validation, epoch, eventLoop, signal);
    if (validation !== undefined && evaluation === undefined) return aborted(epoch);
    const record: EpochRecord = {
      epoch,
      steps: losses.length - stepsBefore,
      loss: lossTotal / examples,
      seconds: stopwatch.seconds() - secondsBefore,
      ...(evaluation && { validation: evaluation }),
    };
    records.push(record);
    await onEpoch?.({ ...record, ...trained });
    return undefined;
  };

  const start = (epoch: number): Place => ({ epoch, batches: 0, lossTotal: 0, examples: 0, steps: losses.length });
  let place = start(firstEpoch);
  while (place.epoch < firstEpoch + epochs) {
    try {
      const ended = await runEpoch(place);
      if (ended !== undefined) return ended;
      place = start(place.epoch + 1);
    } catch (error) {
      stopwatch.stop();
      if (recovery === undefined) throw error;
      const snapshot = await recovery.restore(error);
      ({ trained } = snapshot);
      losses.length = snapshot.steps;
      records.length = snapshot.epoch - firstEpoch;
      place = snapshot;
    }
  }
  const count = `${String(epochs)} ${epochs === 1 ? "epoch" : "epochs"}`;
  return finish({ status: "completed", message: `completed ${count}, ${String(losses.length)} steps.` });
}

import type { Initializer, Key, Tensor, TensorTree } from "@opt/core";
import { checkOptions, clone, fail } from "@opt/core";
import { checkFunction } from "../check.ts";
import type { Activation, DenseLayer } from "../pretraining/dense-layer.ts";
import type { OutputLoss } from "../pretraining/layer-stage.ts";
import type { BatchesByEpoch, InputBatch, StageRecord, StagesStatus, TrainStage } from "../pretraining/training-stage.ts";
import { epochSource, runStage, stagesMessage } from "../pretraining/training-stage.ts";
import type { DistillationOptions } from "./distillation-loss.ts";
import { distillationLoss } from "./distillation-loss.ts";
import type { HintParams, LayeredModel } from "./hint-stage.ts";
import { hintStageAt } from "./hint-stage.ts";
import type { LayerOutputs } from "./layer-activations.ts";

/** Options of {@link trainFitNet}. */
export interface FitNetOptions<Batch extends InputBatch, Teacher extends TensorTree, Student extends TensorTree> {
  /** The trained network, with its hint layer. */
  readonly teacher: LayeredModel<Teacher>;
  /** The thinner and deeper network, with its guided layer. */
  readonly student: LayeredModel<Student>;
  /** The task's loss of the student's outputs, which are its last named layer. */
  readonly loss: OutputLoss<Batch>;
  /** The batches, with `inputs`: `minibatches(…)` of `@opt/data` or any function of the epoch. */
  readonly batches: BatchesByEpoch<Batch>;
  /** Trains a stage: `(stage) => fit({ params: stage.params, loss: stage.loss, batches: stage.batches, optimizer, epochs })`. */
  readonly train: TrainStage;
  /** The key of the regressor. */
  readonly key: Key;
  /** Mixes the teacher's softened outputs into the second stage. Default: the task's loss alone. */
  readonly distillation?: DistillationOptions;
  /** After the regressor: the hint layer's own activation, as the paper has it, or none, the default. */
  readonly regressorActivation?: Activation;
  /** For the regressor's weight. Default Glorot and Bengio's uniform one. */
  readonly weightInitializer?: Initializer;
}

/** The result of {@link trainFitNet}. */
export interface FitNetResult<Student extends TensorTree> {
  /** The student's parameters. */
  readonly params: Student;
  /** The regressor of the first stage, which nothing needs any more. */
  readonly regressor: DenseLayer;
  /** What was trained: `hint` and `task`. */
  readonly stages: readonly StageRecord[];
  readonly status: StagesStatus;
  /** The status as a sentence. */
  readonly message: string;
}

const optionNames = ["teacher", "student", "loss", "batches", "train", "key", "distillation", "regressorActivation", "weightInitializer"];

function lastOf(outputs: LayerOutputs): Tensor {
  return Object.values(outputs).at(-1) ?? fail("option", "trainFitNet: activations must name at least one layer; got none.");
}

/**
 * Trains a thin and deep student after a wider and shallower teacher, in two stages: first its lower part on the teacher's hint layer (see
 * `hintStage`), then all of it on the task, `L(s(x), y)`, perhaps mixed with distillation.
 *
 * The stages call `train`, which is yours; a stage that ends as `aborted` or `non-finite` ends the run.
 *
 * @param options - Teacher, student, loss, batches, your `train` and a key; distillation.
 * @returns The student's parameters, and a record of each stage.
 * @throws OptError `option` for a layer that does not exist, naming those that do, and for bad options; `data` for no batches.
 *
 * @example
 * ```ts
 * import { key, tanh } from "@opt/core";
 * import { minibatches, twoMoons } from "@opt/data";
 * import { adam } from "@opt/first-order";
 * import { mlp, softmaxCrossEntropy } from "@opt/nn";
 * import { layerActivations, trainFitNet } from "@opt/strategies";
 * import { fit } from "@opt/train";
 *
 * const activations = layerActivations({ activation: tanh });
 * const teacher = mlp({ sizes: [2, 32, 2], activation: "tanh" }).init(key(1));
 * const student = mlp({ sizes: [2, 4, 4, 4, 2], activation: "tanh" }).init(key(2));
 * const { params } = await trainFitNet({
 *   teacher: { params: teacher, activations, layer: "layers[0]" },
 *   student: { params: student, activations, layer: "layers[1]" },
 *   loss: (outputs, batch) => softmaxCrossEntropy(outputs, batch.targets),
 *   batches: minibatches(twoMoons({ count: 64, key: key(3) }), { batchSize: 16, key: key(4) }),
 *   train: ({ params, loss, batches }) => fit({ params, loss, batches, optimizer: adam(), epochs: 2 }),
 *   key: key(5),
 * });
 * ```
 * @see Romero and others, "FitNets: hints for thin deep nets", 2015, Algorithm 1.
 * @see Goodfellow, Bengio and Courville, "Deep learning", 2016, section 8.7.4.
 */
export async function trainFitNet<Batch extends InputBatch, Teacher extends TensorTree, Student extends TensorTree>(
  options: FitNetOptions<Batch, Teacher, Student>,
): Promise<FitNetResult<Student>> {
  checkOptions("trainFitNet", options, optionNames);
  const { teacher, student, loss, train, key, distillation, regressorActivation, weightInitializer } = options;
  checkFunction("trainFitNet", "loss", loss, "(outputs, batch) => tensor");
  checkFunction("trainFitNet", "train", train, "(stage) => ({ params })");
  const distill = distillation === undefined ? undefined : distillationLoss(distillation);
  const batches = epochSource("trainFitNet", options.batches);
  const [first] = batches.epoch(0);
  if (first === undefined) return fail("data", "trainFitNet({ batches }): must give at least one batch; epoch 0 has none.");
  const hint = hintStageAt("trainFitNet", {
    teacher,
    student,
    sample: first.inputs,
    key,
    ...(regressorActivation !== undefined && { regressorActivation }),
    ...(weightInitializer !== undefined && { weightInitializer }),
  });

  const hintLoss = (params: HintParams<Student>, batch: Batch): Tensor => hint.loss(params, batch);
  const taskLoss = (params: Student, batch: Batch): Tensor => {
    const outputs = lastOf(student.activations(params, batch.inputs));
    const onLabels = loss(outputs, batch);
    return distill === undefined ? onLabels : distill(outputs, lastOf(teacher.activations(teacher.params, batch.inputs)), onLabels);
  };
  // A trainer may update parameters in place; the caller's stay as they are.
  const lower = await runStage("trainFitNet", train, { name: "hint", params: clone(hint.params), loss: hintLoss, batches });
  const { regressor } = lower.params;
  if (lower.ended) {
    return { params: lower.params.student, regressor, stages: [lower.record], status: "stopped", message: stagesMessage([lower.record], true) };
  }
  const whole = await runStage("trainFitNet", train, { name: "task", params: clone(lower.params.student), loss: taskLoss, batches });
  const stages = [lower.record, whole.record];
  return { params: whole.params, regressor, stages, status: whole.ended ? "stopped" : "completed", message: stagesMessage(stages, whole.ended) };
}

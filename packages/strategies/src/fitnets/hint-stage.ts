import type { Initializer, Key, Tensor, TensorTree } from "@opt/core";
import { checkOptions, describeValue, fail, nearest, square } from "@opt/core";
import { checkKey } from "../check-key.ts";
import { checkFunction } from "../check.ts";
import type { Activation, DenseLayer } from "../pretraining/dense-layer.ts";
import { applyLayer, drawLayer } from "../pretraining/dense-layer.ts";
import type { LayerOutputs } from "./layer-activations.ts";

/** A network with named layers, and one of them. */
export interface LayeredModel<Params extends TensorTree> {
  readonly params: Params;
  /** The outputs of the layers by name, first to last; `layerActivations(…)` makes it for an `mlp`. */
  readonly activations: (params: Params, x: Tensor) => LayerOutputs;
  /** The teacher's hint layer or the student's guided layer, by its name in `activations`. */
  readonly layer: string;
}

/** Options of {@link hintStage}. */
export interface HintStageOptions<Teacher extends TensorTree, Student extends TensorTree> {
  /** The trained network, with its hint layer. */
  readonly teacher: LayeredModel<Teacher>;
  /** The thinner and deeper network, with its guided layer. */
  readonly student: LayeredModel<Student>;
  /** Any inputs [batch, …]: they tell the shapes of the layers; nothing is computed. */
  readonly sample: Tensor;
  /** The key of the regressor. */
  readonly key: Key;
  /** After the regressor: the hint layer's own activation, as the paper has it, or none, the default. */
  readonly regressorActivation?: Activation;
  /** For the regressor's weight. Default Glorot and Bengio's uniform one. */
  readonly weightInitializer?: Initializer;
}

/** What the hint stage trains. */
export type HintParams<Student extends TensorTree> = { readonly student: Student; readonly regressor: DenseLayer };

/** The first stage of a FitNet: where to start and what to minimize. */
export interface HintStage<Student extends TensorTree> {
  readonly params: HintParams<Student>;
  readonly loss: (params: HintParams<Student>, batch: { readonly inputs: Tensor }) => Tensor;
}

/** A layer's output, each example as a row. */
function layerOf(where: string, name: string, outputs: LayerOutputs): Tensor {
  const output = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
  if (output === undefined) {
    const layers = Object.keys(outputs);
    const suggestion = typeof name === "string" ? nearest(name, layers) : undefined;
    const hint = suggestion === undefined ? "" : ` Did you mean "${suggestion}"?`;
    return fail("option", `${where}: must be one of the layers ${layers.join(", ")}; got ${describeValue(name)}.${hint}`);
  }
  const batch = output.shape[0] ?? 1;
  return output.rank === 2 ? output : output.reshape([batch, output.size / batch]);
}

/**
 * Makes the first stage of a FitNet: the student's part up to its guided layer learns to tell, through a regressor, what the teacher's hint layer
 * says: `½ E ‖u(x) − r(v(x) W + b)‖²` over the student, W and b, with hint u, guided layer v and the batch's mean for E.
 *
 * Student parameters above the guided layer have the gradient 0; with weight decay wrap the optimizer in `freeze`. Nothing is differentiated
 * through the teacher. The nearer to the output the guided layer is, the less freedom the student keeps.
 *
 * @param options - Teacher and student with their layers, sample inputs for the shapes, the regressor's key.
 * @returns Parameters and loss, for `fit` or any solver.
 * @throws OptError `option` for a layer that does not exist, naming those that do, and for bad options.
 *
 * @example
 * ```ts
 * import { key, tanh, zeros } from "@opt/core";
 * import { mlp } from "@opt/nn";
 * import { hintStage, layerActivations } from "@opt/strategies";
 *
 * const activations = layerActivations({ activation: tanh });
 * const teacher = mlp({ sizes: [2, 32, 2], activation: "tanh" }).init(key(1));
 * const student = mlp({ sizes: [2, 4, 4, 4, 2], activation: "tanh" }).init(key(2));
 * const { params, loss } = hintStage({
 *   teacher: { params: teacher, activations, layer: "layers[0]" },
 *   student: { params: student, activations, layer: "layers[1]" },
 *   sample: zeros([1, 2]),
 *   key: key(3),
 * });
 * ```
 * @see Romero and others, "FitNets: hints for thin deep nets", 2015, equation 3.
 * @see Goodfellow, Bengio and Courville, "Deep learning", 2016, section 8.7.4.
 */
export function hintStage<Teacher extends TensorTree, Student extends TensorTree>(options: HintStageOptions<Teacher, Student>): HintStage<Student> {
  checkOptions("hintStage", options, ["teacher", "student", "sample", "key", "regressorActivation", "weightInitializer"]);
  return hintStageAt("hintStage", options);
}

/** A hint stage that reports mistakes under a name. */
export function hintStageAt<Teacher extends TensorTree, Student extends TensorTree>(where: string, options: HintStageOptions<Teacher, Student>): HintStage<Student> {
  const { teacher, student, sample, key, regressorActivation = (x) => x, weightInitializer } = options;
  checkFunction(where, "teacher.activations", teacher?.activations, "(params, x) => ({ name: tensor, … }), such as layerActivations(…)");
  checkFunction(where, "student.activations", student?.activations, "(params, x) => ({ name: tensor, … }), such as layerActivations(…)");
  checkKey(where, key);
  checkFunction(where, "regressorActivation", regressorActivation, "(x) => tensor");
  const hintOf = (x: Tensor): Tensor => layerOf(`${where}({ teacher.layer })`, teacher.layer, teacher.activations(teacher.params, x));
  const guidedOf = (params: Student, x: Tensor): Tensor => layerOf(`${where}({ student.layer })`, student.layer, student.activations(params, x));
  const hint = hintOf(sample);
  const guided = guidedOf(student.params, sample);
  if (hint.dtype !== "f32" && hint.dtype !== "f64") return fail("dtype", `${where}: the hint layer must be f32 or f64; got ${hint.dtype}.`);
  return {
    params: {
      student: student.params,
      regressor: drawLayer(key, guided.shape[1] ?? 1, hint.shape[1] ?? 1, hint.dtype, weightInitializer),
    },
    loss: (params, { inputs }) => {
      const predicted = regressorActivation(applyLayer(params.regressor, guidedOf(params.student, inputs)));
      return square(hintOf(inputs).sub(predicted)).sum(1).mean().mul(0.5);
    },
  };
}

// What a user of every package writes: a small network learns to tell two moons apart.
import { key, splitKey } from "@opt/core";
import { minibatches, twoMoons } from "@opt/data";
import { loadMnist } from "@opt/data/node";
import { adam, chain, clipByGlobalNorm } from "@opt/first-order";
import { heNormal } from "@opt/init";
import { accuracy, mlp, softmaxCrossEntropy } from "@opt/nn";
import { cosine } from "@opt/schedules";
import { fit } from "@opt/train";

const [forModel = key(0), forTraining = key(0), forTest = key(0), forOrder = key(0)] = splitKey(key(1), 4);
const model = mlp({ sizes: [2, 16, 2], activation: "relu", weightInitializer: heNormal() });
const result = await fit({
  loss: (params, { inputs, targets }) => softmaxCrossEntropy(model.apply(params, inputs), targets),
  params: model.init(forModel),
  optimizer: chain(clipByGlobalNorm(1), adam({ learningRate: cosine({ initial: 0.02, steps: 600 }) })),
  batches: minibatches(twoMoons({ count: 640, key: forTraining }), { batchSize: 32, key: forOrder }),
  epochs: 30,
  validation: minibatches(twoMoons({ count: 200, key: forTest }), { batchSize: 200, shuffle: "never" }),
  metrics: { accuracy: (params, { inputs, targets }) => accuracy(model.apply(params, inputs), targets) },
});

if (result.status !== "completed") throw new Error(`the training ended with ${result.status}: ${result.message}`);
const reached = result.history.epochs.at(-1)?.validation?.["accuracy"] ?? 0;
if (!(reached > 0.95)) throw new Error(`the moons were not learned: the accuracy is ${reached}`);

const missing = await loadMnist("no-such-folder").then(String, (error: unknown) => String(error));
if (!missing.includes("no-such-folder")) throw new Error(`a missing folder should be named: ${missing}`);

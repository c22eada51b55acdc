import type { ExperimentRecord, MisreadDigit, RunRecord } from "../../src/digits/run-record.ts";

const STEPS_PER_EPOCH = 78;
const EPOCHS = 5;

/** A repeatable stand-in for measurement noise, in [−1, 1]. */
function noise(index: number): number {
  const value = Math.sin(index * 12.9898) * 43758.5453;
  return 2 * (value - Math.floor(value)) - 1;
}

/** A disc of ink, a different one for each index. */
function syntheticDigit(index: number): MisreadDigit {
  const pixels = Float32Array.from({ length: 28 * 28 }, (_, pixel) => {
    const distance = Math.hypot((pixel % 28) - 14, Math.floor(pixel / 28) - 14);
    return Math.max(0, 1 - Math.abs(distance - 6 - (index % 4)) / 2);
  });
  return { index, pixels, width: 28, predicted: index % 10, actual: (index + 3) % 10, confidence: 0.99 - index / 100 };
}

/** The run of the optimizer at this position: the later, the slower it learns. */
export function syntheticRun(name: string, index: number): RunRecord {
  const losses = Array.from({ length: STEPS_PER_EPOCH * EPOCHS }, (_, step) => {
    return (2.3 * Math.exp(-step / (20 + 25 * index)) + 0.05 + 0.04 * index) * (1 + 0.25 * noise(step + 1000 * index));
  });
  const epochs = Array.from({ length: EPOCHS }, (_, epoch) => ({
    epoch: epoch + 1,
    trainingLoss: losses[(epoch + 1) * STEPS_PER_EPOCH - 1] ?? Number.NaN,
    testAccuracy: 0.98 - 0.01 * index - 0.2 * Math.exp(-(epoch + 1) / (1 + 0.4 * index)),
  }));
  return {
    name,
    learningRate: 0.001 * (index + 1),
    status: "completed",
    message: "",
    losses,
    epochs,
    seconds: 1.25 + index / 4,
    testAccuracy: epochs.at(-1)?.testAccuracy ?? Number.NaN,
    misreadCount: 40 * (index + 1),
    misread: Array.from({ length: 24 }, (_, digit) => syntheticDigit(digit)),
  };
}

/** An experiment with invented but plausible numbers, for tests of what shows them. */
export function syntheticExperiment(changes: Partial<ExperimentRecord> = {}): ExperimentRecord {
  return {
    title: "Learning to read digits",
    summary: "A 784-128-10 network on 10,000 generated digits.",
    command: "npm run demo",
    date: new Date("2026-01-02T03:04:05Z"),
    settings: [
      { name: "batch size", value: "128" },
      { name: "epochs", value: "5" },
      { name: "schedule", value: "constant" },
      { name: "<seed>", value: "1" },
    ],
    stepsPerEpoch: STEPS_PER_EPOCH,
    epochs: EPOCHS,
    testCount: 2000,
    interrupted: false,
    runs: ["adam", "rmsprop", "momentum", "sgd"].map(syntheticRun),
    ...changes,
  };
}

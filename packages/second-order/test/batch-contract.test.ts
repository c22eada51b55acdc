import { describeBatchSolver } from "@opt/testing";
import { batchMinimizer } from "../src/index.ts";
import { methods } from "./table.ts";

for (const { name, method } of methods) {
  // Steepest descent zigzags through the valley.
  const Rosenbrock = name.startsWith("steepest") ? 5000 : 200;
  describeBatchSolver(`batchMinimizer, ${name}`, () => batchMinimizer({ method }), { batches: { Rosenbrock, "ill-conditioned bowl": 300 } });
}

describeBatchSolver("batchMinimizer, several steps, reset", () => batchMinimizer({ method: "lbfgs", stepsPerBatch: 4, memory: "reset" }));

import { describeMinimizer } from "@opt/testing";
import { minimize, minimizeSteps } from "../src/index.ts";
import { methods } from "./table.ts";

for (const { name, method, capabilities } of methods) {
  describeMinimizer(name, {
    minimize: (objective, x0, options) => minimize(objective, x0, { method, ...options }),
    steps: (objective, x0, options) => minimizeSteps(objective, x0, { method, ...options }),
  }, capabilities);
}

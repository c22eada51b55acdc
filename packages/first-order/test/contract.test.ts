import { describeOptimizer } from "@opt/testing";
import { optimizers } from "./table.ts";

for (const { name, make, capabilities } of optimizers) describeOptimizer(name, make, capabilities);

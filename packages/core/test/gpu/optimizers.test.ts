import { describeChecks } from "./run-checks.ts";

describeChecks("optimizers", ["trajectories"]);

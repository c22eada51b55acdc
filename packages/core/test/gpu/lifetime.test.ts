import { describeChecks } from "./run-checks.ts";

describeChecks("lifetime", ["memory", "limits", "company", "loss"]);

import { describeChecks } from "./run-checks.ts";

describeChecks("answers", ["shaders", "elementFunctions", "literals", "largeKernels", "donation", "products", "transfer", "gradients", "fuzz"]);

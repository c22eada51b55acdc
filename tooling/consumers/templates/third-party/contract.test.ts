import { describeOptimizer } from "@opt/testing";

import { plainDescent } from "./optimizer.js";

describeOptimizer("plainDescent", plainDescent, { learningRates: { "ill-conditioned bowl": 0.01, Rosenbrock: 0.001 } });

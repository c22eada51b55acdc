import { Option } from "commander";
import { choices } from "../help.ts";
import type { OptionGroups } from "../help.ts";
import { parseCount, parsePositive, parseSeed, parseShare } from "../option-values.ts";
import type { OutputOptions } from "../output.ts";
import { outputOptions } from "../output.ts";
import { GENERATED_EXAMPLES } from "./digit-sets.ts";
import type { BackendName, LearningRates } from "./option-values.ts";
import { BACKEND_NAMES, parseBackend, parseHidden, parseLearningRates, parseOptimizers, parseSchedule } from "./option-values.ts";
import type { OptimizerName } from "./optimizers.ts";
import { DEFAULT_OPTIMIZERS, OPTIMIZER_NAMES, defaultLearningRate, describeOptimizer } from "./optimizers.ts";
import type { ScheduleName } from "./schedules.ts";
import { SCHEDULE_NAMES, describeSchedule } from "./schedules.ts";

/** What the command line asks for; the names are the options in camelCase. */
export interface DigitsOptions extends OutputOptions {
  readonly backend: BackendName;
  /** Undefined for {@link DEFAULT_OPTIMIZERS}. */
  readonly optimizer?: readonly OptimizerName[];
  readonly learningRate?: LearningRates;
  readonly schedule: ScheduleName;
  readonly batchSize: number;
  readonly epochs: number;
  readonly hidden: readonly number[];
  readonly seed: number;
  /** A directory with the MNIST files; without it, digits are generated. */
  readonly data?: string;
  readonly examples?: number;
  readonly requireAccuracy?: number;
  readonly requireSeconds?: number;
}

/** Columns for the longest default learning rate in the help. */
const RATE_WIDTH = 6;

/** What follows the options in the help. */
export function digitsHelp(): string {
  const optimizers = OPTIMIZER_NAMES.map((name) => {
    return [name, `${String(defaultLearningRate(name)).padEnd(RATE_WIDTH)}  ${describeOptimizer(name)}`] as const;
  });
  const schedules = SCHEDULE_NAMES.map((name) => [name, describeSchedule(name)] as const);
  return `
${choices("Optimizers, each with the learning rate that it has when none is given:", optimizers)}

${choices("Schedules:", schedules)}

Examples:
  npm run demo
  npm run demo -- --optimizer sgd,adam --epochs 10 --schedule cosine
  npm run demo -- --optimizer nesterov,adam --learning-rate nesterov=0.03,adam=0.002 --hidden 256,128
  npm run demo -- --data ../shared/data/mnist --optimizer adam --epochs 5
  npm run demo -- chapter
  npm run demo -- page

Algorithm numbers are those of Goodfellow, Bengio and Courville, Deep Learning (2016).
Exit codes: 0 done, 1 failed, a requirement was missed or there is no such backend, 2 wrong usage, 130 interrupted with Ctrl-C.`;
}

function option(flags: string, description: string): Option {
  return new Option(flags, description);
}

function trainingOptions(): Option[] {
  return [
    option("-o, --optimizer <names>", `one or several, with commas between them (default: ${DEFAULT_OPTIMIZERS.join(",")})`).argParser(parseOptimizers),
    option("-r, --learning-rate <rate>", "one for all, or by name as in sgd=0.1,adam=0.001 (default: listed below)").argParser(parseLearningRates),
    option("-s, --schedule <name>", "how the learning rate changes").argParser(parseSchedule).default("linear", "linear"),
    option("-b, --batch-size <count>", "examples in each step").argParser(parseCount).default(128),
    option("-e, --epochs <count>", "passes over the training digits").argParser(parseCount).default(5),
    option("--hidden <sizes>", 'sizes of the hidden layers, such as 256,128, or "none"').argParser(parseHidden).default([128], "128"),
    option("--backend <name>", `where to train: ${BACKEND_NAMES.join(" or ")}; the gpu only in a browser, see the command page`).argParser(parseBackend).default("cpu", "cpu"),
    option("--seed <number>", "decides everything that is drawn by chance").argParser(parseSeed).default(1),
  ];
}

function dataOptions(): Option[] {
  return [
    option("-d, --data <directory>", "MNIST files to train on, plain or .gz (default: generated digits)"),
    option(
      "-n, --examples <count>",
      `training digits: how many to draw (default: ${String(GENERATED_EXAMPLES)}), or to use of --data (default: all)`,
    ).argParser(parseCount),
  ];
}

function requirementOptions(): Option[] {
  return [
    option("--require-accuracy <share>", "exit with 1 when an optimizer's test accuracy is lower").argParser(parseShare),
    option("--require-seconds <seconds>", "exit with 1 when an optimizer's training time is longer").argParser(parsePositive),
  ];
}

/** The options by the titles under which the help lists them. */
export function digitsOptions(): OptionGroups {
  return {
    "Training:": trainingOptions(),
    "Data:": dataOptions(),
    "Output:": [...outputOptions("report.html"), ...requirementOptions()],
  };
}

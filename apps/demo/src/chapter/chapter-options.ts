import { Option } from "commander";
import type { OptionGroups } from "../help.ts";
import { choices } from "../help.ts";
import { chooseSeveral, parseSeed } from "../option-values.ts";
import type { OutputOptions } from "../output.ts";
import { outputOptions } from "../output.ts";
import { experiments } from "./experiments.ts";

/** What the command line asks of the chapter. */
export interface ChapterOptions extends OutputOptions {
  /** Names of experiments; undefined for all. */
  readonly only?: readonly string[];
  readonly seed: number;
}

const names = experiments.map(({ name }) => name);

/** The options by the titles under which the help lists them. */
export function chapterOptions(): OptionGroups {
  return {
    "Experiments:": [
      new Option("--only <names>", "one or several, with commas between them (default: all)").argParser((text, previous?: readonly string[]) =>
        chooseSeveral(text, names, previous),
      ),
      new Option("--seed <number>", "decides everything that is drawn by chance").argParser(parseSeed).default(1),
    ],
    "Output:": outputOptions("chapter.html"),
  };
}

/** What follows the options in the help. */
export function chapterHelp(): string {
  const entries = experiments.map(({ number, name, title }) => [`${String(number).padStart(2)}  ${name}`, title] as const);
  return `
${choices("Experiments:", entries)}

Examples:
  npm run demo -- chapter
  npm run demo -- chapter --only saddle-points,cliff --report cliffs.html
  npm run demo -- chapter --no-report --json > chapter.json

Claims are those of chapter 8 of Goodfellow, Bengio and Courville, Deep Learning (2016).
Exit codes: 0 every claim held, 1 one did not, 2 wrong usage, 130 interrupted with Ctrl-C.`;
}

import { readFileSync } from "node:fs";

/** The cases of a golden file that tooling/golden/nn_cases.py made with PyTorch. */
export function goldenCases<Case>(name: string): Case[] {
  const file = new URL(`../../../tooling/golden/data/nn/${name}.json`, import.meta.url);
  // The file comes from our own generator.
  return (JSON.parse(readFileSync(file, "utf8")) as { cases: Case[] }).cases;
}

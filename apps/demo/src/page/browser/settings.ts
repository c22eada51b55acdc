import { GENERATED_EXAMPLES } from "../../digits/digit-sets.ts";
import { OPTIMIZER_NAMES, describeOptimizer } from "../../digits/optimizers.ts";
import type { OptimizerName } from "../../digits/optimizers.ts";
import type { BackendName, TrainingRequest } from "./protocol.ts";

/** The optimizer that the page opens with. */
const FIRST_OPTIMIZER: OptimizerName = "adam";

/** Offers the optimizers of the command line, and its number of digits. */
export function fillSettings(form: HTMLFormElement): void {
  const optimizers = OPTIMIZER_NAMES.map((name) => {
    const option = new Option(name, name, name === FIRST_OPTIMIZER, name === FIRST_OPTIMIZER);
    option.title = describeOptimizer(name);
    return option;
  });
  form.querySelector("select")?.append(...optimizers);
  form.querySelector('[name="examples"]')?.setAttribute("value", String(GENERATED_EXAMPLES));
}

/** What the settings ask for; the browser has checked them. */
export function readSettings(form: HTMLFormElement): TrainingRequest {
  const data = new FormData(form);
  return {
    backend: data.get("backend") as BackendName,
    optimizer: data.get("optimizer") as OptimizerName,
    epochs: Number(data.get("epochs")),
    examples: Number(data.get("examples")),
    // A field without files holds one that is empty.
    files: data.getAll("files").filter((entry) => entry instanceof File && entry.size > 0) as File[],
    seed: Number(data.get("seed")),
  };
}

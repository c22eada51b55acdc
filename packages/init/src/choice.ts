import { describeValue, fail, nearest } from "@opt/core";

/** Checks an option that is one of a few words. */
export function checkChoice(where: string, name: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  const suggestion = typeof value === "string" ? nearest(value, choices) : undefined;
  const hint = suggestion === undefined ? "" : ` Did you mean "${suggestion}"?`;
  fail("option", `${where}({ ${name} }): must be one of ${choices.join(", ")}; got ${describeValue(value)}.${hint}`);
}

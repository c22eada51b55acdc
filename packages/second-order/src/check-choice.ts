import { describeValue, fail, nearest } from "@opt/core";

/**
 * Checks an option that is one of a few words, or a switch.
 *
 * @param where - The function that has the option, for the message.
 * @param name - The option's name.
 * @param value - What the user gave.
 * @param choices - The allowed values.
 * @returns The value, known to be one of them.
 * @throws OptError `option` naming the nearest choice.
 */
export function checkChoice<Choice extends string | boolean>(where: string, name: string, value: Choice, choices: readonly Choice[]): Choice {
  if (choices.includes(value)) return value;
  const suggestion = typeof value === "string" ? nearest(value, choices.map(String)) : undefined;
  const hint = suggestion === undefined ? "" : ` Did you mean "${suggestion}"?`;
  return fail("option", `${where}({ ${name} }): must be ${choices.map(describeValue).join(" or ")}; got ${describeValue(value)}.${hint}`);
}

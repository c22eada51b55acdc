import type { Command, Option } from "commander";

/** The options of a command by the titles under which its help lists them. */
export type OptionGroups = Readonly<Record<string, readonly Option[]>>;

/** Adds options to a command, under their titles. */
export function addOptions(command: Command, groups: OptionGroups): void {
  for (const [title, options] of Object.entries(groups)) {
    for (const option of options) {
      option.helpGroup(title);
      command.addOption(option);
    }
  }
}

/** A table of what can be chosen and what each choice is. */
export function choices(title: string, entries: readonly (readonly [string, string])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length));
  return [title, ...entries.map(([name, description]) => `  ${name.padEnd(width)}  ${description}`)].join("\n");
}

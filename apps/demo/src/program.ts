import { nearest } from "@opt/core";
import { Command, Option } from "commander";
import type { ChapterOptions } from "./chapter/chapter-options.ts";
import type { DigitsOptions } from "./digits/digits-options.ts";
import { digitsHelp, digitsOptions } from "./digits/digits-options.ts";
import { addOptions } from "./help.ts";
import type { PageOptions } from "./page/page-options.ts";
import { pageHelp, pageOptions } from "./page/page-options.ts";

/** What the commands do, each called with the options of a valid command line. */
export interface Actions {
  readonly digits: (options: DigitsOptions) => Promise<void>;
  readonly chapter: (options: ChapterOptions) => Promise<void>;
  readonly page: (options: PageOptions) => Promise<void>;
}

function helpOption(): Option {
  return new Option("-h, --help", "show this help").helpGroup("Output:");
}

/** Words that are neither an option nor a command. */
function rejectWords(command: Command): void {
  const [word] = command.args;
  if (word === undefined) return;
  const names = command.commands.map((entry) => entry.name());
  const option = nearest(word, command.options.map((entry) => entry.name()));
  const suggestion = nearest(word, names) ?? (option === undefined ? undefined : `--${option}`);
  const hint = suggestion === undefined ? "" : ` Did you mean ${suggestion}?`;
  command.error(`error: "${word}" is no command and belongs to no option.${hint}`);
}

/** Options of the main command that stand before a command that does not know them. */
function rejectStrayOptions(program: Command, name: string): void {
  const stray = program.options.find((option) => program.getOptionValueSource(option.attributeName()) === "cli");
  if (stray === undefined) return;
  program.error(`error: ${stray.long ?? stray.flags} stands before "${name}" and would belong to the training of digits. Options of ${name} follow it.`);
}

/** A command beside the main one, so far without options of its own. */
function addCommand<Options>(program: Command, name: string, run: (options: Options) => Promise<void>): Command {
  const command = program
    .command(name)
    .usage("[options]")
    .addHelpOption(helpOption())
    .allowExcessArguments()
    .action(async (options: Options) => {
      rejectStrayOptions(program, name);
      rejectWords(command);
      await run(options);
    });
  return command;
}

function addPage(program: Command, run: Actions["page"]): void {
  const page = addCommand(program, "page", run)
    .summary("serve a page that trains in the browser, on the GPU or the CPU")
    .description("Builds and serves a page that trains the same network in the browser, on the GPU or the CPU.")
    .addHelpText("after", pageHelp());
  addOptions(page, pageOptions());
}

function addChapter(program: Command, run: Actions["chapter"]): void {
  const chapter = addCommand(program, "chapter", run)
    .summary("run the experiments of the optimization chapter")
    .description("Runs the experiments of the chapter on optimization, and says which of its claims hold.");
  program.hook("preSubcommand", async (_program, command) => {
    if (command !== chapter) return;
    // Loaded only now: the experiments need every package, which the training of digits does not.
    const { chapterHelp, chapterOptions } = await import("./chapter/chapter-options.ts");
    addOptions(chapter, chapterOptions());
    chapter.addHelpText("after", chapterHelp());
  });
}

/**
 * Makes the command line: the training of digits, and further commands.
 *
 * @param actions - what the commands do
 * @returns the program, which throws CommanderError after help and for a wrong command line
 */
export function makeProgram(actions: Actions): Command {
  const program = new Command("npm run demo --")
    .description("Trains a neural network to read digits, with several optimizers side by side.")
    .usage("[options]\n       npm run demo -- chapter [options]\n       npm run demo -- page [options]")
    .allowExcessArguments()
    .enablePositionalOptions()
    .showHelpAfterError("Run `npm run demo -- --help` for all options.")
    .exitOverride()
    .helpCommand(false)
    .addHelpOption(helpOption())
    .addHelpText("after", digitsHelp())
    .action(async (options: DigitsOptions) => {
      rejectWords(program);
      await actions.digits(options);
    });
  addOptions(program, digitsOptions());
  addChapter(program, actions.chapter);
  addPage(program, actions.page);
  return program;
}

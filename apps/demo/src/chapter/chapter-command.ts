import { EXIT_CODES } from "../exit-codes.ts";
import { writeResults } from "../output.ts";
import type { Terminal } from "../terminal/console-style.ts";
import { openChapterDisplay } from "./chapter-display.ts";
import { chapterJson } from "./chapter-json.ts";
import type { ChapterOptions } from "./chapter-options.ts";
import type { ChapterRecord } from "./chapter-record.ts";
import { allHeld, describeTally, tally } from "./chapter-record.ts";
import { experiments } from "./experiments.ts";
import { runChapter } from "./run-chapter.ts";

/** Runs experiments, shows what they found, writes it. Returns the exit code. */
export async function runChapterCommand(options: ChapterOptions, command: string, terminal: Terminal, signal: AbortSignal): Promise<number> {
  const { only, seed } = options;
  const chosen = experiments.filter(({ name }) => only === undefined || only.includes(name));
  const display = openChapterDisplay(terminal, chosen.length);
  let results: ChapterRecord["results"];
  try {
    results = await runChapter(chosen, seed, signal, display);
  } finally {
    display.stop();
  }
  const record: ChapterRecord = { command, date: new Date(), seed, results };
  const total = tally(results);
  terminal.write("");
  if (total.interrupted) terminal.write(terminal.warn("Interrupted; this is what was reached."));
  terminal.write(terminal.bold(describeTally(total)));
  const report = async (): Promise<string> => (await import("./report/chapter-report.ts")).chapterReport(record);
  await writeResults(terminal, options, report, () => chapterJson(record));
  if (total.interrupted) return EXIT_CODES.interrupted;
  return allHeld(total) ? EXIT_CODES.done : EXIT_CODES.failed;
}

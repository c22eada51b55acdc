import type { ChapterRecord } from "./chapter-record.ts";
import { tally } from "./chapter-record.ts";

/**
 * The chapter for machines.
 *
 * @param record - what was run
 * @returns JSON text with two spaces of indentation; points that are not finite have null in their place
 */
export function chapterJson(record: ChapterRecord): string {
  const { command, date, seed, results } = record;
  const { claims, held, interrupted } = tally(results);
  const written = {
    command,
    date: date.toISOString(),
    seed,
    interrupted,
    claims,
    held,
    experiments: results.map(({ experiment, status, message, seconds, findings }) => ({
      number: experiment.number,
      name: experiment.name,
      section: experiment.section,
      title: experiment.title,
      status,
      message,
      seconds,
      claims: findings.claims,
      numbers: Object.fromEntries(findings.numbers),
      charts: findings.charts,
    })),
  };
  return JSON.stringify(written, null, 2);
}

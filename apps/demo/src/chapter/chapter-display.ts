import cliProgress from "cli-progress";
import type { Terminal } from "../terminal/console-style.ts";
import { formatSeconds } from "../terminal/format.ts";
import type { ExperimentResult } from "./chapter-record.ts";
import type { Claim, Experiment } from "./experiment.ts";
import type { ChapterDisplay } from "./run-chapter.ts";
import { wrapText } from "../terminal/wrap-text.ts";

const REFRESHES_PER_SECOND = 12;
const BAR_WIDTH = 24;
const INDENT = "    ";

function claimLines(terminal: Terminal, { claim, measured, held }: Claim): string[] {
  const verdict = held ? terminal.good("holds") : terminal.bad("DOES NOT HOLD");
  const width = terminal.columns - INDENT.length;
  return [
    ...wrapText(claim, width).map((line) => INDENT + line),
    ...wrapText(measured, width - 2).map((line) => `${INDENT}  ${terminal.dim(line)}`),
    `${INDENT}  ${verdict}`,
  ];
}

/** The lines that say what an experiment found. */
function resultLines(terminal: Terminal, { experiment, status, message, seconds, findings }: ExperimentResult): string[] {
  const number = String(experiment.number).padStart(2);
  const heading = `${terminal.bold(`${number}  ${experiment.title}`)} ${terminal.dim(`(${experiment.name}, section ${experiment.section}, ${formatSeconds(seconds)})`)}`;
  if (status === "completed") return ["", heading, ...findings.claims.flatMap((claim) => claimLines(terminal, claim))];
  return ["", heading, ...message.split("\n").map((line) => `${INDENT}${terminal.warn(line)}`)];
}

/** A {@link ChapterDisplay} that must be stopped, so that the terminal is as it was. */
export interface StoppableDisplay extends ChapterDisplay {
  stop(): void;
}

/** A bar for the experiment at hand, which makes room for what it found. */
function liveDisplay(terminal: Terminal, count: number): StoppableDisplay {
  const bar = new cliProgress.SingleBar(
    {
      format: `{bar} {percentage}%  {place}  {title}`,
      formatValue: (value, _options, type) => (type === "percentage" ? String(value).padStart(3) : String(value)),
      barCompleteChar: "█",
      barIncompleteChar: "░",
      barsize: BAR_WIDTH,
      stream: terminal.stream,
      fps: REFRESHES_PER_SECOND,
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
      autopadding: false,
    },
    cliProgress.Presets.shades_classic,
  );
  let current: Experiment | undefined;
  let begun = 0;
  const stop = (): void => {
    if (current !== undefined) bar.stop();
    current = undefined;
  };
  // The cursor is hidden meanwhile: it must come back even when the program ends in the middle.
  process.once("exit", stop);
  return {
    progress: (experiment, share) => {
      if (current === experiment) {
        bar.update(share);
        return;
      }
      begun += 1;
      current = experiment;
      bar.start(1, share, { place: `${String(begun)}/${String(count)}`, title: experiment.title });
    },
    ended: (result) => {
      stop();
      for (const line of resultLines(terminal, result)) terminal.write(line);
    },
    stop: () => {
      process.off("exit", stop);
      stop();
    },
  };
}

/** What each experiment found, for files, pipes and terminals without control codes. */
function plainDisplay(terminal: Terminal): StoppableDisplay {
  const nothing = (): void => undefined;
  return {
    progress: nothing,
    ended: (result) => {
      for (const line of resultLines(terminal, result)) terminal.write(line);
    },
    stop: nothing,
  };
}

/** Shows how the experiments advance and what they found; live where the terminal can show it. */
export function openChapterDisplay(terminal: Terminal, count: number): StoppableDisplay {
  return terminal.interactive ? liveDisplay(terminal, count) : plainDisplay(terminal);
}

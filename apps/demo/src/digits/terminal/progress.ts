import cliProgress from "cli-progress";
import type { Terminal } from "../../terminal/console-style.ts";
import { formatCount, formatLoss, formatPercent } from "../../terminal/format.ts";

/** Where one optimizer stands. */
export interface RunProgress {
  readonly step: number;
  readonly epoch: number;
  /** Recent training loss, smoothed. */
  readonly loss: number;
  /** Latest test accuracy, from 0 to 1; NaN before the first measurement. */
  readonly testAccuracy: number;
  readonly stepsPerSecond: number;
}

/** Shows how the optimizers advance. */
export interface ProgressDisplay {
  /** Called after every step. */
  step(name: string, progress: RunProgress): void;
  /** Called after every epoch, when the test accuracy was measured. */
  epoch(name: string, progress: RunProgress): void;
  /** Leaves the last state standing and gives the terminal back. */
  stop(): void;
}

/** The columns that everything but the name and the bar needs, with the ten characters of control codes that cli-progress counts. */
const AROUND_THE_BAR = 58;
const REFRESHES_PER_SECOND = 12;

/** One live bar for each optimizer. */
function liveBars(terminal: Terminal, names: readonly string[], totalSteps: number): ProgressDisplay {
  const nameWidth = Math.max(...names.map((name) => name.length));
  const multi = new cliProgress.MultiBar(
    {
      format: "{name} {bar} {percentage}%  loss {loss}  test {accuracy}  {rate} steps/s",
      formatValue: (value, _options, type) => (type === "percentage" ? String(value).padStart(3) : String(value)),
      barCompleteChar: "█",
      barIncompleteChar: "░",
      barsize: Math.min(Math.max(terminal.columns - AROUND_THE_BAR - nameWidth, 5), 40),
      stream: terminal.stream,
      fps: REFRESHES_PER_SECOND,
      hideCursor: true,
      clearOnComplete: false,
      stopOnComplete: false,
      gracefulExit: false,
      emptyOnZero: true,
      autopadding: false,
    },
    cliProgress.Presets.shades_classic,
  );
  const waiting = { loss: "     –", accuracy: "      –", rate: "    –" };
  const bars = new Map(
    names.map((name, index) => [name, multi.create(totalSteps, 0, { name: terminal.series(index)(name.padEnd(nameWidth)), ...waiting })]),
  );
  const show = (name: string, progress: RunProgress): void => {
    bars.get(name)?.update(progress.step, {
      loss: formatLoss(progress.loss).padStart(6),
      accuracy: formatPercent(progress.testAccuracy).padStart(7),
      rate: formatCount(progress.stepsPerSecond).padStart(5),
    });
  };
  // The cursor is hidden meanwhile: it must come back even when the program ends in the middle.
  const stop = (): void => {
    process.off("exit", stop);
    multi.stop();
  };
  process.once("exit", stop);
  return { step: show, epoch: show, stop };
}

/** One line for each epoch, for files, pipes and terminals without control codes. */
function plainLines(terminal: Terminal, names: readonly string[], epochs: number): ProgressDisplay {
  const nameWidth = Math.max(...names.map((name) => name.length));
  const nothing = (): void => undefined;
  return {
    step: nothing,
    epoch: (name, progress) => {
      const parts = [
        name.padEnd(nameWidth),
        `epoch ${String(progress.epoch)}/${String(epochs)}`,
        `loss ${formatLoss(progress.loss)}`,
        `test accuracy ${formatPercent(progress.testAccuracy)}`,
        `${formatCount(progress.stepsPerSecond)} steps/s`,
      ];
      terminal.write(parts.join("  "));
    },
    stop: nothing,
  };
}

/** Live bars where the terminal can show them, otherwise one plain line for each epoch. */
export function openProgress(terminal: Terminal, names: readonly string[], epochs: number, stepsPerEpoch: number): ProgressDisplay {
  return terminal.interactive ? liveBars(terminal, names, epochs * stepsPerEpoch) : plainLines(terminal, names, epochs);
}

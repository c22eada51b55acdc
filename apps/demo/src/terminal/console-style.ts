import pc from "picocolors";

/** Wraps a text in control codes, or returns it as it is where colors are off. */
export type Paint = (text: string) => string;

/** Where lines go and what the receiver can show. */
export interface Terminal {
  readonly stream: NodeJS.WriteStream;
  /** True when control codes are welcome: an interactive terminal without NO_COLOR. */
  readonly interactive: boolean;
  readonly columns: number;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly warn: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  /** One color for each optimizer, in the order in which they run. */
  readonly series: (index: number) => Paint;
  write(line: string): void;
}

const plain: Paint = (text) => text;
const NARROWEST = 60;
const WIDEST = 120;

/** What tells a terminal from a pipe or a file, which have no isTTY at all. */
interface MaybeTerminal {
  readonly isTTY?: boolean;
}

/** True when control codes may be written to a stream: it is a terminal, not a dumb one, and NO_COLOR is not set (no-color.org). */
export function allowsControlCodes(stream: MaybeTerminal, environment: NodeJS.ProcessEnv): boolean {
  const noColor = environment["NO_COLOR"];
  return stream.isTTY === true && environment["TERM"] !== "dumb" && (noColor === undefined || noColor === "");
}

/** Describes a stream and how to write on it; `quiet` swallows every line. */
export function openTerminal(stream: NodeJS.WriteStream, environment: NodeJS.ProcessEnv, quiet: boolean): Terminal {
  const interactive = !quiet && allowsControlCodes(stream, environment);
  const colors = pc.createColors(interactive);
  const { blue, yellow, green, magenta, red, cyan, white, gray, blueBright } = colors;
  const series: readonly Paint[] = [blue, yellow, green, magenta, red, cyan, white, gray, blueBright];
  return {
    stream,
    interactive,
    columns: Math.min(Math.max(stream.isTTY ? stream.columns : 80, NARROWEST), WIDEST),
    bold: colors.bold,
    dim: colors.dim,
    warn: colors.yellow,
    good: colors.green,
    bad: (text) => colors.bold(colors.red(text)),
    series: (index) => series[index % series.length] ?? plain,
    write: (line) => {
      if (!quiet) stream.write(`${line}\n`);
    },
  };
}

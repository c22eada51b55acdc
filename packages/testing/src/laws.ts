import { it } from "vitest";

/** Laws that do not hold for a subject, each with the reason why. */
export type Skips<Law extends string> = Partial<Readonly<Record<Law, string>>>;

/** A law and the test of it. */
export type LawTest<Law extends string> = readonly [law: Law, test: () => void | Promise<void>];

/** What becomes of a law: a test under a title, to be run or to be shown as skipped. */
export interface PlannedTest {
  readonly title: string;
  readonly skipped: boolean;
  readonly test: () => void | Promise<void>;
}

/** Decides which laws run; a skipped one shows its reason, and an empty reason becomes a failing test. */
export function planLaws<Law extends string>(laws: readonly LawTest<Law>[], skip: Skips<Law> = {}): PlannedTest[] {
  return laws.map(([law, test]) => {
    const reason = skip[law];
    if (reason === undefined) return { title: law, skipped: false, test };
    if (reason.trim() !== "") return { title: `${law} — skipped: ${reason}`, skipped: true, test };
    const complain = (): void => {
      throw new Error(`the law "${law}" is skipped without a reason: say why it does not hold`);
    };
    return { title: law, skipped: false, test: complain };
  });
}

/** Registers the tests of laws with vitest. */
export function runLaws<Law extends string>(laws: readonly LawTest<Law>[], skip: Skips<Law> = {}): void {
  for (const { title, skipped, test } of planLaws(laws, skip)) {
    if (skipped) it.skip(title, test);
    else it(title, test);
  }
}

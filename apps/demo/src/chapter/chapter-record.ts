import type { Experiment, Findings } from "./experiment.ts";

/** How an experiment ended; "not-started" is one whose turn never came. */
export type ExperimentStatus = "completed" | "failed" | "interrupted" | "not-started";

/** One experiment and what came of it. */
export interface ExperimentResult {
  readonly experiment: Experiment;
  readonly status: ExperimentStatus;
  /** Why there are no findings; empty when there are. */
  readonly message: string;
  readonly seconds: number;
  /** Empty unless the experiment was completed. */
  readonly findings: Findings;
}

/** All experiments that were asked for. */
export interface ChapterRecord {
  readonly command: string;
  readonly date: Date;
  readonly seed: number;
  readonly results: readonly ExperimentResult[];
}

/** How the chapter did as a whole. */
export interface Tally {
  readonly claims: number;
  readonly held: number;
  readonly completed: number;
  readonly failed: number;
  readonly interrupted: boolean;
}

/** Findings of an experiment that did not get there. */
export const NO_FINDINGS: Findings = { claims: [], charts: [], numbers: [] };

/** Counts claims and experiments. */
export function tally(results: readonly ExperimentResult[]): Tally {
  const claims = results.flatMap(({ findings }) => findings.claims);
  const count = (status: ExperimentStatus): number => results.filter((result) => result.status === status).length;
  return {
    claims: claims.length,
    held: claims.filter(({ held }) => held).length,
    completed: count("completed"),
    failed: count("failed"),
    interrupted: count("interrupted") + count("not-started") > 0,
  };
}

/** The tally as a sentence. */
export function describeTally({ claims, held, completed, failed }: Tally): string {
  const experiments = completed === 1 ? "1 experiment" : `${String(completed)} experiments`;
  const outcome = held === claims ? `All ${String(claims)} claims held` : `${String(held)} of ${String(claims)} claims held, ${String(claims - held)} did not`;
  const measured = claims === 0 ? "No claim was measured." : `${outcome} in ${experiments}.`;
  const broken = failed === 0 ? "" : ` ${failed === 1 ? "1 experiment" : `${String(failed)} experiments`} ended in an error.`;
  return measured + broken;
}

/** Whether every claim of every experiment that came to its end held, and none ended in an error. */
export function allHeld({ claims, held, failed }: Tally): boolean {
  return failed === 0 && held === claims;
}

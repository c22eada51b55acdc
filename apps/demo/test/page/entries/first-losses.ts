import { chooseBackend } from "../../../src/page/browser/choose-backend.ts";
import { makeGate } from "../../../src/page/browser/gate.ts";
import type { BackendName } from "../../../src/page/browser/protocol.ts";
import { trainDigits } from "../../../src/page/browser/train-digits.ts";

/** The losses of the demo's run by backend, and what it learned from. */
export interface FirstLosses {
  readonly description: string;
  readonly losses: Readonly<Record<string, readonly number[]>>;
}

/** What the test hands over as a file: how long to train, and which files of digits there are, if any. */
export interface FirstLossesSettings {
  readonly epochs: number;
  readonly names: readonly string[];
}

/** Runs what the page runs, once for each backend, in epochs of ten batches. */
export default async function firstLosses(): Promise<FirstLosses> {
  const { epochs, names } = (await (await fetch("settings.json")).json()) as FirstLossesSettings;
  const files = await Promise.all(names.map(async (name) => new File([await (await fetch(name)).arrayBuffer()], name)));
  const losses: Record<string, number[]> = {};
  let description = "";
  for (const backend of ["cpu", "webgpu", "webgl2"] satisfies BackendName[]) {
    await chooseBackend(backend);
    const own: number[] = [];
    await trainDigits({ backend, optimizer: "adam", epochs, examples: 1280, files, seed: 1 }, (message) => {
      if (message.kind === "progress") own.push(...message.losses);
      if (message.kind === "digits") ({ description } = message);
      if (message.kind === "ended" && message.message !== "") throw new Error(message.message);
    }, makeGate());
    losses[backend] = own;
  }
  return { description, losses };
}

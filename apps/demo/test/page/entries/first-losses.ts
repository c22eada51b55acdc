import { chooseBackend } from "../../../src/page/browser/choose-backend.ts";
import { makeGate } from "../../../src/page/browser/gate.ts";
import type { BackendName } from "../../../src/page/browser/protocol.ts";
import { trainDigits } from "../../../src/page/browser/train-digits.ts";

/** What the test hands over as a file: where and how long to train, and which files of digits there are, if any. */
export interface FirstLossesSettings {
  readonly backend: BackendName;
  readonly epochs: number;
  readonly names: readonly string[];
}

/** Runs what the page runs, in epochs of ten batches, and returns the loss of every step. */
export default async function firstLosses(): Promise<number[]> {
  const { backend, epochs, names } = (await (await fetch("settings.json")).json()) as FirstLossesSettings;
  const files = await Promise.all(names.map(async (name) => new File([await (await fetch(name)).arrayBuffer()], name)));
  await chooseBackend(backend);
  const losses: number[] = [];
  await trainDigits({ backend, optimizer: "adam", epochs, examples: 1280, files, seed: 1 }, (message) => {
    if (message.kind === "progress") losses.push(...message.losses);
    if (message.kind === "ended" && message.message !== "") throw new Error(message.message);
  }, makeGate());
  return losses;
}

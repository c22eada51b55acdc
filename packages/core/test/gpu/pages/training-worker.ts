import { trainEverywhere } from "./train-everywhere.ts";

trainEverywhere().then(
  (losses) => self.postMessage(losses),
  (error: unknown) => self.postMessage(error instanceof Error ? (error.stack ?? error.message) : String(error)),
);

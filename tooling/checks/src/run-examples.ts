/**
 * Runs the modules named by its arguments one after the other in one process and prints, as JSON on the last line, what they threw.
 * What the modules print themselves is part of the example and is dropped.
 */
import { pathToFileURL } from "node:url";

const write = process.stdout.write.bind(process.stdout);
process.stdout.write = () => true;

const failures: Record<string, string> = {};
for (const file of process.argv.slice(2)) {
  try {
    await import(pathToFileURL(file).href);
  } catch (error) {
    failures[file] = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
write(`\n${JSON.stringify(failures)}\n`);

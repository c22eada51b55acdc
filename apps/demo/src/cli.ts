import { runCommandLine } from "./main.ts";

// Whoever reads the output may stop early, as `head` does; there is then nothing left to say.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});
process.exitCode = await runCommandLine(process.argv.slice(2));

/** `npm run demo`: sets up what is missing, then runs the demo from its sources, so that there is nothing to build. */
import { ensureInstalled, node, runInForeground } from "./setup.mjs";

ensureInstalled();
process.exitCode = await runInForeground(node, ["--conditions=@opt/source", "apps/demo/src/cli.ts", ...process.argv.slice(2)]);

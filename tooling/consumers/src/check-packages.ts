/** publint and arethetypeswrong on every packed package: what is published can be imported, with the right types. */
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { problemAffectsResolutionKind } from "@arethetypeswrong/core/problems";
import { readFileSync } from "node:fs";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

import { type PackedPackage, packedPackages } from "./tarballs.ts";

/** The packages are ESM only: how CommonJS and the module resolution of Node 10 see them is no problem of theirs. */
const RESOLUTIONS = ["node16-esm", "bundler"] as const;

async function problemsOf({ name, tarball }: PackedPackage): Promise<string[]> {
  const data = new Uint8Array(readFileSync(tarball));
  const { messages, pkg } = await publint({ pkgDir: "package", pack: { tarball: data.slice().buffer }, strict: true });
  const found = messages.map((message) => `${name}: publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`);
  const analysis = await checkPackage(createPackageFromTarballData(data));
  if (!analysis.types) return [...found, `${name}: arethetypeswrong: the package has no types`];
  for (const problem of analysis.problems) {
    const kinds = RESOLUTIONS.filter((kind) => problemAffectsResolutionKind(problem, kind, analysis));
    if (kinds.length > 0) found.push(`${name}: arethetypeswrong: ${problem.kind} for ${kinds.join(" and ")}: ${JSON.stringify(problem)}`);
  }
  return found;
}

const packages = packedPackages(process.argv[2]);
const problems = (await Promise.all(packages.map(problemsOf))).flat();
if (problems.length > 0) throw new Error(`the packed packages have problems:\n${problems.join("\n")}`);
console.log(`publint and arethetypeswrong find nothing in ${packages.length} packages.`);

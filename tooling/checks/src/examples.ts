import ts from "typescript";

import { filesBelow, packageFolders, sourcesOf, textOf } from "./repository.ts";

/** A piece of code that the documentation shows. */
export interface Example {
  /** The file and the line where it begins. */
  readonly origin: string;
  readonly code: string;
  /** How it runs: by itself; as a test suite, because it describes one; or not at all, for a fence marked `ts no-run`. */
  readonly run: "alone" | "as a suite" | "never";
}

const SUITE = /from "vitest"|^describe[A-Z]\w*\(/m;
const FENCE = /^```ts([^\n]*)\n([\s\S]*?)^```/gm;

function lineOf(text: string, position: number): number {
  return text.slice(0, position).split("\n").length;
}

/** The `ts` fences of a Markdown text, but for those marked `ts sketch`, which leave things out. */
function fencesOf(text: string, origin: string, firstLine = 1): Example[] {
  const complete = [...text.matchAll(FENCE)].filter(([, marks = ""]) => !marks.includes("sketch"));
  return complete.map((match) => {
    const [, marks = "", code = ""] = match;
    const run = SUITE.test(code) ? "as a suite" : "alone";
    return { origin: `${origin}:${firstLine - 1 + lineOf(text, match.index)}`, code, run: marks.includes("no-run") ? "never" : run };
  });
}

/** The `ts` fences of the `@example` blocks of a source file. What has no fence (inside a package) is not taken for complete. */
function docCommentExamples(file: string): Example[] {
  const text = textOf(file);
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = new Map<number, Example[]>();
  const visit = (node: ts.Node): void => {
    for (const tag of ts.getJSDocTags(node)) {
      if (tag.tagName.text !== "example") continue;
      const comment = ts.getTextOfJSDocComment(tag.comment) ?? "";
      found.set(tag.pos, fencesOf(`${comment}\n`, file, lineOf(text, tag.getStart())));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...found.values()].flat();
}

/** Every example of the repository: the Markdown pages and the `@example` blocks of the packages. */
export function allExamples(): Example[] {
  const pages = filesBelow(".", ".md").filter((file) => !file.startsWith(".changeset") && !file.endsWith("CHANGELOG.md"));
  const sources = packageFolders.flatMap(sourcesOf);
  return [...pages.flatMap((page) => fencesOf(textOf(page), page)), ...sources.flatMap(docCommentExamples)];
}

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

import { filesBelow, root, textOf } from "../src/repository.ts";

/** The anchor that GitHub makes of a heading. */
function anchorOf(heading: string): string {
  return heading.trim().toLowerCase().replace(/[`*]/g, "").replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-");
}

/** The targets of the links and pictures of a page, code left out. */
function linksOf(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g), ...prose.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? "");
}

describe.each(filesBelow(".", ".md"))("%s", (page) => {
  it("links only to what exists", () => {
    const dead = linksOf(textOf(page))
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [path = "", anchor] = link.split("#");
        const target = path === "" ? page : join(dirname(page), path);
        if (!existsSync(join(root, target))) return true;
        if (anchor === undefined || !target.endsWith(".md")) return false;
        return ![...textOf(target).matchAll(/^#+ (.*)$/gm)].some((match) => anchorOf(match[1] ?? "") === anchor);
      });
    expect(dead).toEqual([]);
  });
});

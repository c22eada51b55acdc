import { escapeHtml } from "./markup.ts";
import { STYLE_SHEET } from "./style-sheet.ts";

/** Nothing may be fetched: a report shows only what is inside it. */
const CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** What a report consists of; `body`, `styles` and `notes` are markup or CSS, the rest is plain text. */
export interface Page {
  readonly title: string;
  readonly summary: string;
  /** Sentences that must not be missed, shown in a box. */
  readonly notes: readonly string[];
  /** Rules besides those that all reports share. */
  readonly styles: string;
  readonly body: string;
  /** What explains the page at its end. */
  readonly footer: string;
  readonly date: Date;
  readonly command: string;
}

function noteBox(notes: readonly string[]): string {
  if (notes.length === 0) return "";
  return `<div class="note">${notes.map((line) => `<p>${escapeHtml(line)}</p>`).join("")}</div>`;
}

/** Writes a page that needs nothing else: styles and figures are inside it, and it runs no script. */
export function renderPage(page: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">
<title>${escapeHtml(page.title)}</title>
<style>${STYLE_SHEET}${page.styles}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(page.title)}</h1>
<p>${escapeHtml(page.summary)}</p>
${noteBox(page.notes)}
</header>
${page.body}
<footer>
<p>${escapeHtml(page.footer)}</p>
<p>Made on ${escapeHtml(page.date.toISOString().slice(0, 16).replace("T", " "))} UTC by <code>${escapeHtml(page.command)}</code></p>
</footer>
</main>
</body>
</html>
`;
}

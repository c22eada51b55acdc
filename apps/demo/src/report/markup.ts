const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Makes any text safe inside an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (character) => ENTITIES[character] ?? character);
}

/** How many series colors the style sheet defines. */
const SERIES_COUNT = 9;

/** How the style sheet names the color of the optimizer at this position. */
export function seriesColor(index: number): string {
  return `var(--series-${String(index % SERIES_COUNT)})`;
}

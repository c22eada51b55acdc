import { shownFigure, shownRivals, shownVerdict } from "../format.ts";
import type { PageMessage } from "./page-message.ts";

const style = "body { font-family: sans-serif } th, td { text-align: left; vertical-align: top; padding: 0.3em 1em 0.3em 0 }";

function addLine(text: string): void {
  document.body.appendChild(document.createElement("p")).textContent = text;
}

let table: HTMLTableElement | undefined;

function addRow(tag: "th" | "td", cells: readonly string[]): void {
  table ??= document.body.appendChild(document.createElement("table"));
  const row = table.insertRow();
  for (const text of cells) row.appendChild(document.createElement(tag)).innerText = text;
}

/** Shows in the page what it tells: a table that grows. */
export function showMessage(message: PageMessage): void {
  switch (message.kind) {
    case "gpus":
      document.title = "opt: GPU measurements";
      for (const line of message.gpus) addLine(line);
      addLine("Measuring …");
      document.body.appendChild(document.createElement("style")).textContent = style;
      addRow("th", ["row", "work", "ours", "ours is … as fast as", "must reach"]);
      break;
    case "outcome": {
      const { outcome } = message;
      const verdicts = [...(outcome.failure === undefined ? [] : [outcome.failure]), ...outcome.verdicts.map(shownVerdict)];
      addRow("td", [outcome.row, outcome.name, shownFigure(outcome), shownRivals(outcome).join("\n"), verdicts.join("\n")]);
      break;
    }
    case "end":
      addLine("Done.");
      break;
    case "error":
      addLine(message.error);
  }
}

/** What only the report on the chapter shows: the list of experiments, formulas, claims with their verdicts. */
export const CHAPTER_STYLES = `
html { scroll-behavior: smooth; }
.contents { margin: 28px 0 16px; }
.contents ol { columns: 2; column-gap: 40px; margin: 0; padding: 0; list-style: none; font-size: 0.94rem; }
.contents li { break-inside: avoid; border-bottom: 1px solid var(--line); }
.contents a { display: flex; gap: 12px; align-items: baseline; padding: 7px 0; color: inherit; text-decoration: none; }
.contents a:hover .name, .contents a:focus-visible .name { color: var(--accent); text-decoration: underline; }
.contents .number { flex: none; width: 1.6em; text-align: right; color: var(--soft); }
.contents .name { flex: 1; }
.contents .score { flex: none; font-size: 0.85rem; font-weight: 600; }
.good { color: var(--right); } .bad { color: var(--wrong); } .none { color: var(--soft); }
.experiment { scroll-margin-top: 16px; }
.experiment > .head { align-items: baseline; justify-content: flex-start; }
.experiment > .head .number { color: var(--soft); font-weight: 500; margin-right: 0.5em; }
.experiment > p { max-width: 74ch; margin: 0 0 14px; }
.formula { overflow-x: auto; padding: 12px 16px; margin: 0 0 16px; border-left: 3px solid var(--accent); background: var(--page); border-radius: 0 10px 10px 0; font-size: 1.06rem; }
.formula.text { font-family: "STIX Two Math", "Cambria Math", Georgia, serif; white-space: pre-wrap; }
.claims { list-style: none; margin: 0 0 18px; padding: 0; display: grid; gap: 12px; }
.claims li { display: grid; grid-template-columns: auto 1fr; gap: 2px 12px; }
.claims .verdict { grid-row: span 2; width: 24px; height: 24px; border-radius: 50%; display: grid; place-items: center; font-size: 0.85rem; font-weight: 700; color: var(--card); margin-top: 1px; }
.claims .held .verdict { background: var(--right); } .claims .missed .verdict { background: var(--wrong); }
.claims .claim { font-weight: 600; }
.claims .measured { color: var(--soft); font-size: 0.94rem; }
.claims .missed .measured::before { content: "Does not hold: "; color: var(--wrong); font-weight: 600; }
.charts { display: grid; grid-template-columns: 1fr 1fr; gap: 20px 28px; margin: 0 0 18px; }
@media (min-width: 861px) {
  .charts.triple { grid-template-columns: repeat(3, 1fr); }
  .charts.triple .wide { display: none; }
  .charts.triple .narrow { display: block; }
}
.charts.single { grid-template-columns: minmax(0, 640px); }
.charts figure { display: grid; grid-template-rows: subgrid; grid-row: span 3; row-gap: 4px; margin: 0; min-width: 0; }
.charts figcaption { font-weight: 600; font-size: 0.94rem; }
.charts .legend { margin: 2px 0 0; align-content: start; }
.experiment .numbers { padding-top: 14px; border-top: 1px solid var(--line); gap: 10px 24px; font-size: 0.94rem; }
.trouble { white-space: pre-wrap; overflow-x: auto; margin: 0; color: var(--wrong); font: 0.85rem/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
@media (max-width: 860px) { .charts { grid-template-columns: minmax(0, 1fr); } .contents ol { columns: 1; } }
`;

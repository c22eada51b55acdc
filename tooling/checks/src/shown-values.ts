import ts from "typescript";

/** A number or a list of numbers, as a comment shows it. */
const SHOWN = /^\/\/ (-?\d[\d_.e+-]*|\[-?\d[\d_.e+\s,-]*\])$/;

/** The code of an example with a check in place of every statement whose value a comment on its line shows: `f(x); // 0.5`. */
export function withChecks(code: string): string {
  const source = ts.createSourceFile("example.ts", code, ts.ScriptTarget.Latest, true);
  let result = code;
  for (const statement of [...source.statements].reverse()) {
    const shown = shownBehind(statement, code);
    if (shown === undefined || !ts.isExpressionStatement(statement)) continue;
    const check = `expectShown(${valueOf(statement.expression).getText()}, ${JSON.stringify(shown)});`;
    result = result.slice(0, statement.getStart()) + check + result.slice(statement.end);
  }
  return `import { expectShown } from "../src/expect-shown.ts";\n${result}`;
}

function shownBehind(statement: ts.Statement, code: string): string | undefined {
  const [comment] = ts.getTrailingCommentRanges(code, statement.end) ?? [];
  return comment && SHOWN.exec(code.slice(comment.pos, comment.end).trim())?.[1];
}

/** What a statement prints, or else what it computes. */
function valueOf(expression: ts.Expression): ts.Expression {
  const printed = ts.isCallExpression(expression) && expression.expression.getText() === "console.log" ? expression.arguments : [];
  return printed.length === 1 && printed[0] ? printed[0] : expression;
}

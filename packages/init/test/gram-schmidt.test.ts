import { expect, it } from "vitest";
import type { Columns } from "../src/columns.ts";
import { dot } from "../src/columns.ts";
import { gramSchmidtColumns } from "../src/gram-schmidt.ts";
import { householderColumns } from "../src/householder.ts";

/** The Hilbert matrix of size 10, whose condition number is 1.6e13. */
const hilbert = (): Columns => Array.from({ length: 10 }, (_, column) => Float64Array.from({ length: 10 }, (__, row) => 1 / (1 + row + column)));

/** How far QᵀQ is from the identity. */
function lossOfOrthogonality(q: Columns): number {
  return Math.max(...q.flatMap((a, i) => q.map((b, j) => Math.abs(dot(a, b) - (i === j ? 1 : 0)))));
}

it.each([["Gram–Schmidt", gramSchmidtColumns], ["Householder", householderColumns]])("%s keeps columns orthogonal to the last digits, even nearly dependent ones", (_, orthonormal) => {
  expect(lossOfOrthogonality(orthonormal(hilbert()))).toBeLessThan(1e-14);
});

import type { Key } from "@opt/core";
import { checkNumber, foldIn, hostPermutation, hostRandomNormal } from "@opt/core";
import { checkKey } from "../check-key.ts";
import type { Matrix } from "./matrix.ts";
import { innerProduct } from "./matrix.ts";

/** Random examples, scaled to norm 1, as atoms to begin with; random directions where there are too few examples. */
export function initialAtoms(data: Matrix, atoms: number | undefined, key: Key | undefined): Matrix {
  const count = checkNumber("sparseCoding", "atoms", atoms, { min: 1, integer: true });
  const drawKey = checkKey("sparseCoding", key);
  const length = data.columns;
  const rows = Array.from({ length: data.rows }, (_, row) => data.elements.subarray(row * length, (row + 1) * length));
  const chosen = Array.from(hostPermutation(foldIn(drawKey, 0), data.rows), (row) => rows[row]!).filter((row) => innerProduct(row, row) > 0);
  const noise = hostRandomNormal(foldIn(drawKey, 1), count * length);
  const elements = new Float64Array(count * length);
  for (let atom = 0; atom < count; atom++) {
    const source = chosen[atom] ?? noise.subarray(atom * length, (atom + 1) * length);
    const norm = Math.sqrt(innerProduct(source, source));
    source.forEach((value, index) => (elements[atom * length + index] = value / norm));
  }
  return { rows: count, columns: length, elements };
}

import type { Matrix } from "./matrix.ts";
import { innerProduct, multiply, transposed } from "./matrix.ts";

/** How well the atoms are to be fitted: sweeps over all of them, and the relative change at which to stop. */
const mostSweeps = 100;
const smallChange = 1e-10;

/**
 * Fits the atoms to fixed codes, each within the unit ball: exact steps along single atoms,
 * `w_k ← P(w_k + (HᵀX − HᵀHW)_k / (HᵀH)_kk)` with P the projection onto the ball. An atom that no code uses does not change.
 */
export function fitAtomsInBall(dictionary: Matrix, codes: Matrix, data: Matrix): void {
  const dual = transposed(codes);
  const gram = multiply(dual, codes);
  const products = multiply(dual, data);
  const [size, length] = [dictionary.rows, dictionary.columns];
  const proposal = new Float64Array(length);
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let change = 0;
    for (let atom = 0; atom < size; atom++) {
      const squared = gram.elements[atom * size + atom]!;
      if (squared === 0) continue;
      const row = dictionary.elements.subarray(atom * length, (atom + 1) * length);
      for (let index = 0; index < length; index++) {
        let explained = 0;
        for (let other = 0; other < size; other++) explained += gram.elements[atom * size + other]! * dictionary.elements[other * length + index]!;
        proposal[index] = row[index]! + (products.elements[atom * length + index]! - explained) / squared;
      }
      const norm = Math.max(1, Math.sqrt(innerProduct(proposal, proposal)));
      for (let index = 0; index < length; index++) {
        const next = proposal[index]! / norm;
        change = Math.max(change, Math.abs(next - row[index]!));
        row[index] = next;
      }
    }
    if (change <= smallChange) return;
  }
}

/** Solves `(HᵀH + μI) W = HᵀX` by Cholesky's factorization: least squares with weight decay μ > 0. */
export function fitAtomsByRidge(dictionary: Matrix, codes: Matrix, data: Matrix, weightDecay: number): void {
  const dual = transposed(codes);
  const factor = multiply(dual, codes).elements;
  const solution = multiply(dual, data).elements;
  const [size, length] = [dictionary.rows, dictionary.columns];
  for (let row = 0; row < size; row++) {
    factor[row * size + row]! += weightDecay;
    for (let column = 0; column <= row; column++) {
      let value = factor[row * size + column]!;
      for (let index = 0; index < column; index++) value -= factor[row * size + index]! * factor[column * size + index]!;
      factor[row * size + column] = row === column ? Math.sqrt(value) : value / factor[column * size + column]!;
    }
  }
  for (let column = 0; column < length; column++) {
    for (let row = 0; row < size; row++) {
      let value = solution[row * length + column]!;
      for (let index = 0; index < row; index++) value -= factor[row * size + index]! * solution[index * length + column]!;
      solution[row * length + column] = value / factor[row * size + row]!;
    }
    for (let row = size - 1; row >= 0; row--) {
      let value = solution[row * length + column]!;
      for (let index = row + 1; index < size; index++) value -= factor[index * size + row]! * solution[index * length + column]!;
      solution[row * length + column] = value / factor[row * size + row]!;
    }
  }
  dictionary.elements.set(solution);
}

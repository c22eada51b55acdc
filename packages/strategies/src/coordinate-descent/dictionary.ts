import type { Matrix } from "./matrix.ts";
import { innerProduct, multiply, transposed } from "./matrix.ts";

/** How well the atoms are to be fitted: sweeps over all of them, and the change at which to stop. */
const mostSweeps = 1000;
const smallChange = 1e-10;

/** What keeps activations from shrinking while weights grow. */
export interface AtomLimits {
  /** The largest norm of an atom; may be infinite. */
  readonly norm: number;
  /** μ ≥ 0 of the term `μ Σ W²`. */
  readonly weightDecay: number;
}

/**
 * Fits the atoms to fixed codes: the convex half of sparse coding in which the codes are fixed. Exact steps along single atoms,
 * `w_k ← P((HᵀX − Σ_{j ≠ k} (HᵀH)_kj w_j)_k / ((HᵀH)_kk + μ))` with P the projection onto the ball of the largest norm. Without
 * weight decay, an atom that no code uses does not change.
 */
export function fitAtoms(dictionary: Matrix, codes: Matrix, data: Matrix, { norm, weightDecay }: AtomLimits): void {
  const dual = transposed(codes);
  const gram = multiply(dual, codes);
  const products = multiply(dual, data);
  const [size, length] = [dictionary.rows, dictionary.columns];
  const proposal = new Float64Array(length);
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let change = 0;
    for (let atom = 0; atom < size; atom++) {
      const curvature = gram.elements[atom * size + atom]! + weightDecay;
      if (curvature === 0) continue;
      proposal.set(products.elements.subarray(atom * length, (atom + 1) * length));
      for (let other = 0; other < size; other++) {
        const overlap = gram.elements[atom * size + other]!;
        if (other === atom || overlap === 0) continue;
        for (let index = 0; index < length; index++) proposal[index]! -= overlap * dictionary.elements[other * length + index]!;
      }
      const divisor = Math.max(curvature, Math.sqrt(innerProduct(proposal, proposal)) / norm);
      const row = dictionary.elements.subarray(atom * length, (atom + 1) * length);
      for (let index = 0; index < length; index++) {
        const next = proposal[index]! / divisor;
        change = Math.max(change, Math.abs(next - row[index]!));
        row[index] = next;
      }
    }
    if (change <= smallChange) return;
  }
}

/** The inner product `aᵀb`. */
export function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

/** `y + factor · x`, as a new vector. */
export function axpy(factor: number, x: Float64Array, y: Float64Array): Float64Array {
  const result = new Float64Array(y.length);
  for (let i = 0; i < result.length; i++) result[i] = y[i]! + factor * x[i]!;
  return result;
}

/** `factor · x`, as a new vector. */
export function scaled(factor: number, x: Float64Array): Float64Array {
  return x.map((element) => factor * element);
}

/** `a − b`, as a new vector. */
export function difference(a: Float64Array, b: Float64Array): Float64Array {
  return axpy(-1, b, a);
}

/** The Euclidean norm `‖x‖₂`. */
export function norm(x: Float64Array): number {
  // Scaled by the largest element, so that squares neither overflow nor vanish.
  const largest = maximumNorm(x);
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  let total = 0;
  for (const element of x) total += (element / largest) ** 2;
  return largest * Math.sqrt(total);
}

/** The maximum norm `‖x‖∞ = max |xᵢ|`; NaN when an element is NaN. */
export function maximumNorm(x: Float64Array): number {
  let largest = 0;
  for (const element of x) {
    const size = Math.abs(element);
    if (size > largest || Number.isNaN(size)) largest = size;
    if (Number.isNaN(largest)) return Number.NaN;
  }
  return largest;
}

/** Whether every element is a finite number. */
export function allFinite(x: Float64Array): boolean {
  return x.every(Number.isFinite);
}

/** The product of a square matrix, row by row, and a vector. */
export function matrixVector(matrix: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  const result = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    let total = 0;
    for (let column = 0; column < n; column++) total += matrix[row * n + column]! * x[column]!;
    result[row] = total;
  }
  return result;
}

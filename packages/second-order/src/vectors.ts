/** The inner product `aᵀb`. */
export function dot(a: Float64Array, b: Float64Array): number {
  // Four sums side by side, since each addition has to wait for the one before it in its sum.
  let [first, second, third, fourth] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < a.length; i += 4) {
    first += a[i]! * b[i]!;
    second += a[i + 1]! * b[i + 1]!;
    third += a[i + 2]! * b[i + 2]!;
    fourth += a[i + 3]! * b[i + 3]!;
  }
  for (; i < a.length; i++) first += a[i]! * b[i]!;
  return first + second + (third + fourth);
}

/** `y + factor · x`, as a new vector. */
export function axpy(factor: number, x: Float64Array, y: Float64Array): Float64Array {
  const result = new Float64Array(y.length);
  for (let i = 0; i < result.length; i++) result[i] = y[i]! + factor * x[i]!;
  return result;
}

/** Adds `factor · x` to y, in place. */
export function addScaled(y: Float64Array, factor: number, x: Float64Array): void {
  for (let i = 0; i < y.length; i++) y[i]! += factor * x[i]!;
}

/** Multiplies y by a factor, in place. */
export function scale(y: Float64Array, factor: number): void {
  for (let i = 0; i < y.length; i++) y[i]! *= factor;
}

/** `−x`, as a new vector. */
export function negated(x: Float64Array): Float64Array {
  const result = new Float64Array(x.length);
  for (let i = 0; i < result.length; i++) result[i] = -x[i]!;
  return result;
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
  for (let i = 0; i < x.length; i++) {
    const size = Math.abs(x[i]!);
    if (!(size <= largest)) largest = size;
    if (Number.isNaN(largest)) return Number.NaN;
  }
  return largest;
}

/** Whether every element is a finite number. */
export function allFinite(x: Float64Array): boolean {
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i])) return false;
  }
  return true;
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

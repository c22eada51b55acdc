import { checkNumber, checkOptions, fail, hostRandomNormal, tensor } from "@opt/core";
import type { Initializer, Shape } from "@opt/core";
import { checkChoice } from "./choice.ts";
import type { Columns } from "./columns.ts";
import { gramSchmidtColumns } from "./gram-schmidt.ts";
import { checkHostKey } from "./host-key.ts";
import { householderColumns } from "./householder.ts";

/** How a Gaussian matrix is made orthogonal. Both give the same matrix up to rounding. */
export type OrthogonalMethod = "householder" | "gram-schmidt";

/** Options of {@link orthogonal}. */
export interface OrthogonalOptions {
  /** A factor on the matrix, > 0; see {@link gain}. Default 1. */
  readonly gain?: number;
  /** Householder's reflections, or the Gram–Schmidt process with every step taken twice. Default `householder`. */
  readonly method?: OrthogonalMethod;
}

const methods: Readonly<Record<OrthogonalMethod, (matrix: Columns) => Columns>> = { householder: householderColumns, "gram-schmidt": gramSchmidtColumns };

function matrixSize(shape: Shape): { rows: number; columns: number } {
  const columns = shape.at(-1);
  if (columns === undefined || shape.length < 2) {
    return fail("shape", `orthogonal: needs two or more axes, [fan in, fan out]; got [${shape.join(", ")}]. Use zeros() or constant(value) for a bias.`);
  }
  return { rows: shape.slice(0, -1).reduce((product, length) => product * length, 1), columns };
}

/**
 * Makes an initializer of random orthogonal matrices: `WᵀW = gain² I`, or `WWᵀ = gain² I` where W has more columns than
 * rows.
 *
 * All singular values are equal to the gain, so a deep stack of such layers neither shrinks nor blows up a signal by its
 * linear part. The matrix is uniformly (Haar) distributed: Q of the QR decomposition of a Gaussian matrix, with the signs
 * of R's diagonal moved into Q, in float64. Leading axes beyond two are taken together as rows.
 *
 * @param options - Gain and method.
 * @returns The initializer, for weights of two or more axes. It works on the host, so its key must be made of numbers: it
 * cannot be called with a traced key inside a compiled function.
 * @throws OptError `option` when the gain is not a positive number or the method unknown; the initializer throws `shape` for fewer than two axes
 * and `trace` for a traced key.
 *
 * @example
 * ```ts
 * import { key } from "@opt/core";
 * import { gain, orthogonal } from "@opt/init";
 *
 * const weight = orthogonal({ gain: gain("relu") })(key(1), [128, 128]);
 * ```
 *
 * @see Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural
 * networks", 2013; Mezzadri, "How to generate random matrices from the classical compact groups", 2007.
 */
export function orthogonal(options: OrthogonalOptions = {}): Initializer {
  checkOptions("orthogonal", options, ["gain", "method"]);
  const gain = checkNumber("orthogonal", "gain", options.gain ?? 1, { above: 0 });
  const { method = "householder" } = options;
  checkChoice("orthogonal", "method", method, Object.keys(methods));
  return (key, shape, { dtype = "f32" } = {}) => {
    checkHostKey("orthogonal", key);
    const { rows, columns } = matrixSize(shape);
    const tall = Math.max(rows, columns);
    const gaussian = hostRandomNormal(key, rows * columns);
    const drawn = Array.from({ length: Math.min(rows, columns) }, (_, index) => gaussian.slice(index * tall, (index + 1) * tall));
    const data = dtype === "f64" ? new Float64Array(rows * columns) : new Float32Array(rows * columns);
    methods[method](drawn).forEach((vector, index) => {
      vector.forEach((element, place) => {
        // A wide matrix has the orthonormal vectors as its rows, a tall one as its columns.
        const position = rows < columns ? index * columns + place : place * columns + index;
        data[position] = gain * element;
      });
    });
    return tensor(data, { shape });
  };
}

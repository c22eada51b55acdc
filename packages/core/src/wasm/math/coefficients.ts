/**
 * Polynomial coefficients, lowest power first: written by tooling/coefficients/fit.py, not by hand.
 *
 * The error given is that of the whole function when only the polynomial is in error.
 */

/** A numerator and a denominator. */
export type Ratio = readonly [readonly number[], readonly number[]];

/** q of e^r = 1 + r + r^2 q(r), |r| <= ln(2)/2, rounded to 32 bits. Largest relative error 2^-27.8. */
export const expSingle: readonly number[] = [0.49999994, 0.16666518, 0.041668426, 0.008369103, 0.0013813789];

/** q of e^r = 1 + r + r^2 q(r), |r| <= ln(2)/2. Largest relative error 2^-59.4. */
export const expDouble: readonly number[] = [0.5, 0.16666666666666685, 0.04166666666666606, 0.008333333333316314, 0.001388888888912632, 0.000198412698982028, 2.480158691317e-05, 2.75572330141e-06, 2.7557588393e-07, 2.51126902e-08, 2.0825865e-09];

/** h of 2 tanh(x/2) = x + x^3 h(x^2), |x| <= 10.3, as numerator and denominator, rounded to 32 bits. Largest relative error 2^-28.3. */
export const tanhSingle: Ratio = [[-0.08333333, -0.0012479841, -2.7647736e-06], [1, 0.11497579, 0.0014117162, 2.8570405e-06]];

/** h of 2 tanh(x/2) = x + x^3 h(x^2), |x| <= 19.6, as numerator and denominator. Largest relative error 2^-57.2. */
export const tanhDouble: Ratio = [[-0.08333333333333331, -0.0016515810246389134, -9.031676795310354e-06, -1.77918033369929e-08, -1.2276786941534e-11, -2.06385061012e-15], [1, 0.1198189722956667, 0.0019712297320629234, 1.001486365337144e-05, 1.8920467386794e-08, 1.2683582958116e-11, 2.08444021343e-15]];

/** p of ln(1 + f) = f - f^2/2 + f^3 p(f), sqrt(1/2) <= 1 + f <= sqrt(2), rounded to 32 bits. Largest relative error 2^-29.0. */
export const logSingle: readonly number[] = [0.33333313, -0.24999984, 0.2000221, -0.16669537, 0.14216636, -0.12376203, 0.11891364, -0.11855776, 0.069422886];

/** r of ln((1 + s)/(1 - s)) = 2 s + s^3 r(s^2), |s| <= 0.1716. Largest relative error 2^-63.7. */
export const logRatio: readonly number[] = [0.6666666666666666, 0.40000000000004843, 0.28571428569346213, 0.222222226277114, 0.1818177602624, 0.153871125859, 0.1324899225, 0.13265919];

/** The same with the accuracy that a power of 32-bit numbers needs. Largest relative error 2^-51.4. */
export const logRatioShort: readonly number[] = [0.6666666666661025, 0.4000000004649, 0.285714174165, 0.222233848, 0.181224273, 0.16841455];

/** 2^r, |r| <= 1/2, with the accuracy that a power of 32-bit numbers needs. Largest relative error 2^-34.5. */
export const exp2Short: readonly number[] = [0.999999999962, 0.693147180728, 0.24022651198, 0.05550410354, 0.00961802726, 0.00133339223, 0.0001546929, 1.5202e-05];

/** s of sin r = r + r^3 s(r^2), |r| <= pi/4, rounded to 32 bits. Largest relative error 2^-28.0. */
export const sinSingle: readonly number[] = [-0.16666667, 0.008333329, -0.00019839252, 2.7172523e-06];

/** s of sin r = r + r^3 s(r^2), |r| <= pi/4. Largest relative error 2^-57.2. */
export const sinDouble: readonly number[] = [-0.16666666666666666, 0.008333333333333325, -0.0001984126984125603, 2.755731921431772e-06, -2.5052104875546e-08, 1.60583556188e-10, -7.57791686e-13];

/** c of cos r = 1 - r^2/2 + r^4 c(r^2), |r| <= pi/4, rounded to 32 bits. Largest relative error 2^-30.5. */
export const cosSingle: readonly number[] = [0.041666668, -0.0013888886, 2.4799903e-05, -2.7236356e-07];

/** c of cos r = 1 - r^2/2 + r^4 c(r^2), |r| <= pi/4. Largest relative error 2^-59.5. */
export const cosDouble: readonly number[] = [0.041666666666666664, -0.0013888888888888883, 2.4801587301579624e-05, -2.7557319218611025e-07, 2.08767550366723e-09, -1.14703630349e-11, 4.74099023e-14];

/** ln 2 in two 32-bit parts; products of the first with exponents are exact. */
export const ln2Single: readonly number[] = [0.693145751953125, 1.4286068e-06];

/** ln 2 in two parts; products of the first with exponents are exact. */
export const ln2Double: readonly number[] = [0.6931471805601177, -1.7239444525614835e-13];

/** pi/2 in four parts; products of the first three with integers below 2^20 are exact. */
export const halfPi: readonly number[] = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32];


/**
 * Polynomial coefficients, lowest power first: written by tooling/coefficients/fit.py, not by hand.
 *
 * The error given is that of the whole function when only the polynomial is in error.
 */

/** q of e^r = 1 + r + r^2 q(r), |r| <= ln(2)/2, rounded to 32 bits. Largest relative error 2^-27.8. */
export const expSingle: readonly number[] = [0.4999999403953552, 0.166665181517601, 0.041668426245450974, 0.008369103074073792, 0.0013813788536936045];

/** q of e^r = 1 + r + r^2 q(r), |r| <= ln(2)/2. Largest relative error 2^-59.4. */
export const expDouble: readonly number[] = [0.5, 0.16666666666666685, 0.04166666666666606, 0.008333333333316314, 0.0013888888889126319, 0.00019841269898202823, 2.4801586913172585e-05, 2.7557233014118603e-06, 2.7557588393000324e-07, 2.5112690161084747e-08, 2.082586506031012e-09];

/** t of tanh x = x + x^3 t(x^2), |x| <= 0.55, rounded to 32 bits. Largest relative error 2^-27.7. */
export const tanhSingle: readonly number[] = [-0.33333319425582886, 0.13332615792751312, -0.053850505501031876, 0.021050693467259407, -0.006231232546269894];

/** t of tanh x = x + x^3 t(x^2), |x| <= 0.55. Largest relative error 2^-57.4. */
export const tanhDouble: readonly number[] = [-0.3333333333333333, 0.13333333333333167, -0.0539682539680952, 0.021869488529124056, -0.008863235354356987, 0.003592125308741454, -0.0014558064898834277, 0.0005898339822448176, -0.00023820966945622233, 9.394197524162923e-05, -3.291610306798881e-05, 7.412188509553311e-06];

/** p of ln(1 + f) = f - f^2/2 + f^3 p(f), sqrt(1/2) <= 1 + f <= sqrt(2), rounded to 32 bits. Largest relative error 2^-29.0. */
export const logSingle: readonly number[] = [0.3333331346511841, -0.24999983608722687, 0.20002210140228271, -0.16669537127017975, 0.1421663612127304, -0.12376202642917633, 0.11891364306211472, -0.11855775862932205, 0.0694228857755661];

/** r of ln((1 + s)/(1 - s)) = 2 s + s^3 r(s^2), |s| <= 0.1716. Largest relative error 2^-63.7. */
export const logRatio: readonly number[] = [0.6666666666666666, 0.40000000000004843, 0.28571428569346213, 0.22222222627711427, 0.1818177602623986, 0.15387112585851392, 0.1324899224980849, 0.13265918981613636];

/** The same with the accuracy that a power of 32-bit numbers needs. Largest relative error 2^-51.4. */
export const logRatioShort: readonly number[] = [0.6666666666661025, 0.40000000046489564, 0.2857141741651079, 0.2222338479899877, 0.18122427258902105, 0.16841454516946094];

/** 2^r, |r| <= 1/2, with the accuracy that a power of 32-bit numbers needs. Largest relative error 2^-34.5. */
export const exp2Short: readonly number[] = [0.999999999961679, 0.6931471807283696, 0.24022651198119865, 0.055504103537150504, 0.009618027259906441, 0.0013333922348460676, 0.00015469289211935257, 1.5201969657739222e-05];

/** s of sin r = r + r^3 s(r^2), |r| <= pi/4, rounded to 32 bits. Largest relative error 2^-28.0. */
export const sinSingle: readonly number[] = [-0.1666666716337204, 0.008333329111337662, -0.0001983925176318735, 2.71725230049924e-06];

/** s of sin r = r + r^3 s(r^2), |r| <= pi/4. Largest relative error 2^-57.2. */
export const sinDouble: readonly number[] = [-0.16666666666666666, 0.008333333333333325, -0.0001984126984125603, 2.7557319214317723e-06, -2.5052104875546202e-08, 1.6058355618835496e-10, -7.577916860111595e-13];

/** c of cos r = 1 - r^2/2 + r^4 c(r^2), |r| <= pi/4, rounded to 32 bits. Largest relative error 2^-30.5. */
export const cosSingle: readonly number[] = [0.0416666679084301, -0.0013888885732740164, 2.479990325809922e-05, -2.723635645907052e-07];

/** c of cos r = 1 - r^2/2 + r^4 c(r^2), |r| <= pi/4. Largest relative error 2^-59.5. */
export const cosDouble: readonly number[] = [0.041666666666666664, -0.0013888888888888883, 2.4801587301579624e-05, -2.7557319218611025e-07, 2.087675503667225e-09, -1.1470363034877088e-11, 4.740990228949186e-14];

/** ln 2 in two 32-bit parts; products of the first with exponents are exact. */
export const ln2Single: readonly number[] = [0.693145751953125, 1.428606765330187e-06];

/** ln 2 in two parts; products of the first with exponents are exact. */
export const ln2Double: readonly number[] = [0.6931471805601177, -1.7239444525614835e-13];

/** pi/2 in four parts; products of the first three with integers below 2^20 are exact. */
export const halfPi: readonly number[] = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32];


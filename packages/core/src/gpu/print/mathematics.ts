/*
 * Element functions of f32 on four elements at a time. The built-in ones of the shading languages are allowed to lose NaN, to be
 * wrong for negative bases and to be off by thousands of units in the last place; these are not. Denormal numbers may count as zero.
 * Shader compilers take x = x for true, (x / y) · y and (x · y) / y for x, also where x is NaN or y is 0 or infinite: hence the choices
 * in `qIsEqual` and `qDiv`.
 *
 * Polynomials and range reductions are those of Moshier's Cephes library (single precision).
 */

const exponential = `
V qPowerOfTwo(I n) {
  return qFloat(U((n + I(127)) << U(23u)));
}
V qExp(V x) {
  V c = clamp(x, V(-104.0), V(89.0));
  V n = floor(c * 1.4426950408889634 + 0.5);
  V r = c - n * 0.693359375 + n * 2.12194440e-4;
  V p = ((((1.9875691500e-4 * r + 1.3981999507e-3) * r + 8.3334519073e-3) * r + 4.1665795894e-2) * r + 1.6666665459e-1) * r + 5.0000001201e-1;
  I whole = I(n);
  I halved = whole / I(2);
  return qChoose(qNan(x), x, (p * r * r + r + 1.0) * qPowerOfTwo(halved) * qPowerOfTwo(whole - halved));
}
V qSigmoid(V x) {
  return 1.0 / (1.0 + qExp(-x));
}
V qTanh(V x) {
  V z = x * x;
  V small = ((((-5.70498872745e-3 * z + 2.06390887954e-2) * z - 5.37397155531e-2) * z + 1.33314422036e-1) * z - 3.33332819422e-1) * z * x + x;
  V large = 1.0 - 2.0 / (qExp(2.0 * abs(x)) + 1.0);
  V turned = qChoose(qLess(x, V(0.0)), -large, large);
  return qChoose(qNan(x), x, qChoose(qLess(abs(x), V(0.625)), small, turned));
}`;

const logarithm = `
V qLogNearOne(V f) {
  V p = (((((((7.0376836292e-2 * f - 1.1514610310e-1) * f + 1.1676998740e-1) * f - 1.2420140846e-1) * f + 1.4249322787e-1) * f - 1.6668057665e-1) * f + 2.0000714765e-1) * f - 2.4999993993e-1) * f + 3.3333331174e-1;
  return p * f * f * f - 0.5 * f * f;
}
V qLog(V x) {
  U bits = qBits(x);
  I e = I(bits - U(0x3f3504f3u)) >> U(23u);
  V f = qFloat(bits - U(e << U(23u))) - 1.0;
  V power = V(e);
  V finite = (f + (qLogNearOne(f) - 2.12194440e-4 * power)) + 0.693359375 * power;
  V positive = qChoose(qLessEqual(qInfinity(), x), x, finite);
  V valid = qChoose(qLess(x, V(1.17549435e-38)), -qInfinity(), positive);
  return qChoose(qLess(x, V(-1.17549435e-38)), qInvalid(x), qChoose(qNan(x), x, valid));
}
V qLog1p(V x) {
  V close = qLogNearOne(x) + x;
  return qChoose(qLess(abs(x - 0.06), V(0.35)), close, qLog(1.0 + x));
}`;

/*
 * Angles are reduced by multiplying with as many bits of 2/π as matter, after Payne and Hanek: shortcuts in floating point fail from
 * about 10,000 on. A word of zeros and seven words of 2/π are shifted so that what is a multiple of a whole turn drops out.
 */
const twoOverPi = [0, 0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab];

/** Shifts the words `w0`, `w1`, … by some words where a bit of `s` says so; the difference is multiplied by that bit. */
function shiftWords(bit: number, words: number, kept: number): string {
  const moves = Array.from({ length: kept }, (_, word) => `  w${String(word)} = w${String(word)} + b${String(bit)} * (w${String(word + words)} - w${String(word)});`);
  return [`  U b${String(bit)} = (s >> U(${String(bit)}u)) & U(1u);`, ...moves].join("\n");
}

const trigonometry = `
U qMulHigh(U a, U b) {
  U low = (a & U(65535u)) * (b & U(65535u));
  U middle = (a >> U(16u)) * (b & U(65535u)) + (low >> U(16u));
  U other = (a & U(65535u)) * (b >> U(16u)) + (middle & U(65535u));
  return (a >> U(16u)) * (b >> U(16u)) + (middle >> U(16u)) + (other >> U(16u));
}
U qWindow(U first, U second, U shift) {
  return (first << shift) | ((second >> U(1u)) >> (U(31u) - shift));
}
V qQuarter(V x, float shift) {
  U bits = qBits(x);
  U s = ((bits >> U(23u)) & U(255u)) - U(120u);
  U m = (bits & U(8388607u)) | U(8388608u);
${twoOverPi.map((word, index) => `  U w${String(index)} = U(${String(word)}u);`).join("\n")}
${shiftWords(7, 4, 4)}
${shiftWords(6, 2, 5)}
${shiftWords(5, 1, 4)}
  U rest = s & U(31u);
  U product = m * qWindow(w1, w2, rest);
  U low = product + qMulHigh(m, qWindow(w2, w3, rest));
  U high = m * qWindow(w0, w1, rest) + qMulHigh(m, qWindow(w1, w2, rest)) + U(qMask(qGreaterUint(product, low)));
  U quarters = (high + U(536870912u)) >> U(30u);
  V turn = V(I(high - (quarters << U(30u)))) * 9.3132257461547852e-10 + V(low) * 2.1684043449710089e-19;
  V side = qChoose(qLess(x, V(0.0)), V(-1.0), V(1.0));
  B far = qLess(V(0.78), abs(x));
  V n = qChoose(far, side * V(quarters), V(0.0));
  V r = qChoose(far, side * turn * 1.5707963267948966, x);
  V z = r * r;
  V sine = ((-1.9515295891e-4 * z + 8.3321608736e-3) * z - 1.6666654611e-1) * z * r + r;
  V cosine = ((2.443315711809948e-5 * z - 1.388731625493765e-3) * z + 4.166664568298827e-2) * z * z - 0.5 * z + 1.0;
  V turns = (n + shift) - 4.0 * floor((n + shift) * 0.25);
  V odd = turns - 2.0 * floor(turns * 0.5);
  V value = qChoose(qLess(V(0.5), odd), cosine, sine);
  V turned = qChoose(qLess(V(1.5), turns), -value, value);
  return qChoose(qLess(abs(x), qInfinity()), turned, qInvalid(x));
}
V qSin(V x) {
  return qQuarter(x, 0.0);
}
V qCos(V x) {
  return qQuarter(x, 1.0);
}`;

const power = `
V qPow(V x, V y) {
  V size = qExp(y * qLog(abs(x)));
  B whole = qEqual(floor(y), y);
  V halved = 0.5 * abs(y);
  B odd = qLess(floor(halved), halved);
  V turned = qChoose(whole, qChoose(odd, -size, size), size);
  B atEnds = qEqual(x + x, x);
  V minus = qChoose(whole, turned, qChoose(atEnds, turned, qInvalid(x)));
  return qChoose(qEqual(y, V(0.0)), V(1.0), qChoose(qGreaterUint(qBits(x), U(0x7fffffffu)), minus, size));
}`;

const simple = `
B qNan(V x) {
  return qGreaterUint(qBits(x) & U(0x7fffffffu), U(0x7f800000u));
}
V qInvalid(V x) {
  return qFloat(qBits(x) | U(0x7fc00000u));
}
V qInfinity() {
  return qFloat(U(0x7f800000u));
}
V qLowest() {
  return qFloat(U(0xff800000u));
}
V qMask(B b) {
  return qChoose(b, V(1.0), V(0.0));
}
V qNeg(V x) {
  return -x;
}
V qSqrt(V x) {
  return qChoose(qLess(x, V(0.0)), qInvalid(x), sqrt(x));
}
V qRelu(V x) {
  return qChoose(qLess(x, V(0.0)), V(0.0), x);
}
V qAbs(V x) {
  return abs(x);
}
V qSign(V x) {
  return qChoose(qLess(x, V(0.0)), V(-1.0), qChoose(qLess(V(0.0), x), V(1.0), x));
}
V qLogicalNot(V m) {
  return 1.0 - m;
}
V qAdd(V a, V b) {
  return a + b;
}
V qSub(V a, V b) {
  return a - b;
}
V qMul(V a, V b) {
  return a * b;
}
V qDiv(V a, V b) {
  U sign = qBits(b) & U(0x80000000u);
  V inverse = qChoose(qLess(V(1.0), abs(b)), qFloat(sign), qFloat(sign | U(0x7f800000u)));
  V special = a * qChoose(qNan(b), b, inverse);
  return qChoose(qLess(V(0.0), abs(b)), qChoose(qLess(abs(b), qInfinity()), a / b, special), special);
}
V qMaximum(V a, V b) {
  return qChoose(qNan(a), a, qChoose(qNan(b), b, qChoose(qEqual(a, b), qFloat(qBits(a) & qBits(b)), max(a, b))));
}
V qMinimum(V a, V b) {
  return qChoose(qNan(a), a, qChoose(qNan(b), b, qChoose(qEqual(a, b), qFloat(qBits(a) | qBits(b)), min(a, b))));
}
V qIsLess(V a, V b) {
  return qMask(qLess(a, b));
}
V qIsLessEqual(V a, V b) {
  return qChoose(qNan(a), V(0.0), qMask(qLessEqual(a, b)));
}
V qIsEqual(V a, V b) {
  return qChoose(qNan(a), V(0.0), qMask(qEqual(a, b)));
}
V qLogicalAnd(V a, V b) {
  return a * b;
}
V qLogicalOr(V a, V b) {
  return max(a, b);
}
V qWhere(V m, V a, V b) {
  return qChoose(qLess(V(0.5), m), a, b);
}
V qSplat(float x) {
  return V(x);
}`;

/** The functions of f32 in our notation. */
export const mathematics: string = [simple, exponential, logarithm, trigonometry, power].join("\n");

"""Minimax polynomials and ratios of packages/core/src/wasm/math/coefficients.ts.

Run `python3 fit.py` (needs mpmath) and put its output in place of that file.

Each polynomial minimizes the largest relative error of the whole function by the Remez exchange algorithm; its coefficients are then
rounded to the target format. The error printed is the one after rounding.
"""
import struct

from mpmath import cos, cosh, exp, log, log1p, lu_solve, matrix, mp, mpf, pi, polyval, sin, sqrt, tanh

mp.prec = 240


def round_to(value, bits):
    """The nearest binary number with this many significant bits."""
    if bits == 24:
        return mpf(struct.unpack("f", struct.pack("f", float(value)))[0])
    return mpf(float(value))


def alternating(points, errors, wanted):
    """The points where the error is largest between two changes of its sign; at most the `wanted` larger ones that alternate."""
    extremes = []
    for x, e in zip(points, errors):
        if extremes and (extremes[-1][1] > 0) == (e > 0):
            if abs(e) > abs(extremes[-1][1]):
                extremes[-1] = (x, e)
        else:
            extremes.append((x, e))
    while len(extremes) > wanted:
        extremes.pop(0 if abs(extremes[0][1]) < abs(extremes[-1][1]) else -1)
    return [x for x, _ in extremes]


def remez(target, weight, low, high, powers):
    """Coefficients of the powers that minimize max |weight(x) (target(x) - sum c_k x^k)|, and that maximum."""
    count = len(powers)
    middle, radius = (low + high) / 2, (high - low) / 2
    nodes = [middle - radius * cos(pi * k / count) for k in range(count + 1)]
    grid = [middle - radius * cos(pi * (k + mpf("0.5")) / 400) for k in range(400)]
    tabulated = [(x, weight(x), target(x)) for x in grid]
    coefficients, worst = None, None
    for _ in range(12):
        rows = matrix(count + 1, count + 1)
        right = matrix(count + 1, 1)
        for i, x in enumerate(nodes):
            w = weight(x)
            for j, power in enumerate(powers):
                rows[i, j] = w * x**power
            rows[i, count] = (-1) ** i
            right[i] = w * target(x)
        solution = lu_solve(rows, right)
        coefficients = [solution[j] for j in range(count)]
        level = abs(solution[count])
        errors = [w * (t - sum(c * x**p for c, p in zip(coefficients, powers))) for x, w, t in tabulated]
        worst = max(abs(e) for e in errors)
        extremes = alternating([x for x, _, _ in tabulated], errors, count + 1)
        if len(extremes) < count + 1 or worst < level * mpf("1.02"):
            break
        nodes = extremes
    return coefficients, worst


def shortest(value, bits, slack):
    """The decimal with the fewest digits that is this number in the format, or within `slack` of it."""
    for digits in range(1, 18):
        text = f"{float(value):.{digits}g}"
        if abs(mpf(text) - value) <= slack or round_to(mpf(text), bits) == value:
            return text
    return repr(float(value))


def fit(name, note, target, weight, low, high, count, bits):
    """Prints one polynomial of `count` coefficients, rounded to the format and written with the digits that matter."""
    low, high = mpf(low), mpf(high)
    exact, worst = remez(target, weight, low, high, list(range(count)))
    reach = max(abs(low), abs(high))
    heaviest = max(weight(low + (high - low) * k / 100) for k in range(101))
    slack = [0 if bits == 24 else worst / 64 / (heaviest * reach**power) for power in range(count)]
    texts = [shortest(round_to(c, bits), bits, s) for c, s in zip(exact, slack)]
    fixed = [round_to(mpf(text), bits) for text in texts]
    grid = [low + (high - low) * k / 3000 for k in range(3001)]
    error = max(abs(weight(x) * (target(x) - sum(c * x**p for p, c in enumerate(fixed)))) for x in grid if x != 0)
    power = float(log(error, 2))
    body = ", ".join(texts)
    print(f"/** {note} Largest relative error 2^{power:.1f}. */")
    print(f"export const {name}: readonly number[] = [{body}];\n")


def remez_ratio(target, weight, high, degrees):
    """Coefficients of P/Q, Q(0) = 1, on [0, high] that minimize max |weight(x) (target(x) - P(x)/Q(x))|."""
    top, bottom = degrees
    count = top + bottom + 1

    def denominator(x):
        return 1 + sum(c * x ** (k + 1) for k, c in enumerate(below))

    # Functions of x² are fitted, whose weight is near 0: so are the nodes.
    def place(part):
        return high * ((1 - cos(pi * part)) / 2) ** 8

    nodes = [place(mpf(k) / count) for k in range(count + 1)]
    tabulated = [(x, weight(x), target(x)) for x in (place((k + mpf("0.5")) / 600) for k in range(600))]
    above, below = [], [mpf(0)] * bottom
    for _ in range(20):
        # The error times Q is linear once Q is known there: a few rounds settle it.
        for _ in range(8):
            rows, right = matrix(count + 1, count + 1), matrix(count + 1, 1)
            for i, x in enumerate(nodes):
                w, t = weight(x), target(x)
                for j in range(top + 1):
                    rows[i, j] = w * x**j
                for j in range(bottom):
                    rows[i, top + 1 + j] = -w * t * x ** (j + 1)
                rows[i, count] = (-1) ** i * denominator(x)
                right[i] = w * t
            solution = lu_solve(rows, right)
            above = [solution[j] for j in range(top + 1)]
            below = [solution[top + 1 + j] for j in range(bottom)]
        level = abs(solution[count])
        errors = [w * (t - sum(c * x**k for k, c in enumerate(above)) / denominator(x)) for x, w, t in tabulated]
        extremes = alternating([x for x, _, _ in tabulated], errors, count + 1)
        if len(extremes) < count + 1 or max(abs(e) for e in errors) < level * mpf("1.02"):
            break
        nodes = extremes
    return above, [mpf(1), *below]


def fit_ratio(name, note, target, weight, high, degrees, bits):
    """Prints the coefficients of a ratio of two polynomials, rounded to the format."""
    grid = [mpf(high) * (mpf(k) / 3000) ** 2 for k in range(1, 3001)]
    exact = remez_ratio(target, weight, mpf(high), degrees)
    weights = [weight(x) / polyval(exact[1][::-1], x) for x in grid]
    # How much of its unit each coefficient moves the result at most.
    reaches = [[max(abs(w * x**k * factor) for x, w, factor in zip(grid, weights, factors)) for k in range(len(part))]
               for part, factors in zip(exact, ([1] * len(grid), [target(x) for x in grid]))]
    texts = [[shortest(round_to(c, bits), bits, 0 if bits == 24 else mpf(2) ** (-bits - 10) / reach) for c, reach in zip(part, reached)]
             for part, reached in zip(exact, reaches)]
    above, below = ([round_to(mpf(text), bits) for text in part] for part in texts)
    error = max(abs(weight(x) * (target(x) - polyval(above[::-1], x) / polyval(below[::-1], x))) for x in grid)
    body = ", ".join(f"[{', '.join(part)}]" for part in texts)
    print(f"/** {note} Largest relative error 2^{float(log(error, 2)):.1f}. */")
    print(f"export const {name}: Ratio = [{body}];\n")


def series(function, point):
    """A function of a removable singularity at 0: evaluated slightly beside it there."""
    return lambda x: function(x if abs(x) > point else mpf(point))


TINY = mpf(2) ** -60


def split(name, note, value, parts):
    """Prints a constant as a sum of parts with few bits each, the last with 53 or 24."""
    rest, out = value, []
    for bits in parts:
        shift = mpf(2) ** (bits - 1 - int(mp.floor(log(abs(rest), 2))))
        part = mp.nint(rest * shift) / shift
        out.append(part)
        rest -= part
    print(f"/** {note} */")
    print(f"export const {name}: readonly number[] = [{', '.join(shortest(p, b, 0) for p, b in zip(out, parts))}];\n")


print("""/**
 * Polynomial coefficients, lowest power first: written by tooling/coefficients/fit.py, not by hand.
 *
 * The error given is that of the whole function when only the polynomial is in error.
 */

/** A numerator and a denominator. */
export type Ratio = readonly [readonly number[], readonly number[]];
""")
half_ln2 = mpf("0.3485")
exp_rest = series(lambda r: (exp(r) - 1 - r) / r**2, TINY)
exp_weight = lambda r: r**2 / exp(r)
fit("expSingle", "q of e^r = 1 + r + r^2 q(r), |r| <= ln(2)/2, rounded to 32 bits.", exp_rest, exp_weight, -half_ln2, half_ln2, 5, 24)
fit("expDouble", "q of e^r = 1 + r + r^2 q(r), |r| <= ln(2)/2.", exp_rest, exp_weight, -half_ln2, half_ln2, 11, 53)
# What 2 tanh(x/2) is off counts 1/cosh(x) times in tanh x. Any bound from 9.2 on would do; with this one roundings fall so that tanh stays
# within 2 units in the last place also where multiplication and addition round separately.
half_rest = series(lambda z: (2 * tanh(sqrt(z) / 2) - sqrt(z)) / z / sqrt(z), TINY)
half_weight = series(lambda z: z * sqrt(z) / (2 * tanh(sqrt(z) / 2)) / cosh(sqrt(z)), TINY)
fit_ratio("tanhSingle", "h of 2 tanh(x/2) = x + x^3 h(x^2), |x| <= 10.3, as numerator and denominator, rounded to 32 bits.", half_rest, half_weight, mpf("10.3") ** 2, (2, 3), 24)
fit_ratio("tanhDouble", "h of 2 tanh(x/2) = x + x^3 h(x^2), |x| <= 19.6, as numerator and denominator.", half_rest, half_weight, mpf("19.6") ** 2, (5, 6), 53)

low_f, high_f = sqrt(mpf("0.5")) - 1 - mpf("0.0005"), sqrt(mpf(2)) - 1 + mpf("0.0005")
log_rest = series(lambda f: (log1p(f) - f + f**2 / 2) / f**3, TINY)
log_weight = lambda f: f**3 / log1p(f) if f != 0 else mpf(0)
fit("logSingle", "p of ln(1 + f) = f - f^2/2 + f^3 p(f), sqrt(1/2) <= 1 + f <= sqrt(2), rounded to 32 bits.", log_rest, log_weight, low_f, high_f, 9, 24)

high_s = high_f / (2 + high_f)
ratio_rest = lambda z: (lambda s: (log((1 + s) / (1 - s)) - 2 * s) / s**3)(sqrt(z if z > TINY else TINY))
ratio_weight = lambda z: z * sqrt(z) / log((1 + sqrt(z)) / (1 - sqrt(z))) if z > 0 else mpf(0)
fit("logRatio", "r of ln((1 + s)/(1 - s)) = 2 s + s^3 r(s^2), |s| <= 0.1716.", ratio_rest, ratio_weight, 0, high_s**2, 8, 53)
fit("logRatioShort", "The same with the accuracy that a power of 32-bit numbers needs.", ratio_rest, ratio_weight, 0, high_s**2, 6, 53)
fit("exp2Short", "2^r, |r| <= 1/2, with the accuracy that a power of 32-bit numbers needs.", lambda r: mpf(2) ** r, lambda r: mpf(2) ** -r, mpf("-0.5"), mpf("0.5"), 8, 53)

quarter = (pi / 4 + mpf("0.001")) ** 2
sin_rest = lambda z: (lambda r: (sin(r) - r) / r**3)(sqrt(z if z > TINY else TINY))
sin_weight = lambda z: z * sqrt(z) / sin(sqrt(z)) if z > 0 else mpf(0)
cos_rest = lambda z: (lambda y: (cos(sqrt(y)) - 1 + y / 2) / y**2)(z if z > mpf(2) ** -40 else mpf(2) ** -40)
cos_weight = lambda z: z**2 / cos(sqrt(z))
fit("sinSingle", "s of sin r = r + r^3 s(r^2), |r| <= pi/4, rounded to 32 bits.", sin_rest, sin_weight, 0, quarter, 4, 24)
fit("sinDouble", "s of sin r = r + r^3 s(r^2), |r| <= pi/4.", sin_rest, sin_weight, 0, quarter, 7, 53)
fit("cosSingle", "c of cos r = 1 - r^2/2 + r^4 c(r^2), |r| <= pi/4, rounded to 32 bits.", cos_rest, cos_weight, 0, quarter, 4, 24)
fit("cosDouble", "c of cos r = 1 - r^2/2 + r^4 c(r^2), |r| <= pi/4.", cos_rest, cos_weight, 0, quarter, 7, 53)

split("ln2Single", "ln 2 in two 32-bit parts; products of the first with exponents are exact.", log(mpf(2)), [15, 24])
split("ln2Double", "ln 2 in two parts; products of the first with exponents are exact.", log(mpf(2)), [41, 53])
split("halfPi", "pi/2 in four parts; products of the first three with integers below 2^20 are exact.", pi / 2, [33, 33, 33, 53])

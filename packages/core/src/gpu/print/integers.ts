/*
 * 32-bit integers on a GPU whose buffers hold floats: a value is two floats, its upper 16 bits with their sign and its lower 16
 * bits without. Both are exact on every device, where the bits of an integer as they are would be a denormal float.
 */

const representation = `
I qJoin(V h, V l) {
  return (I(h) << U(16u)) | I(l);
}
V qHigh(I x) {
  return V(x >> U(16u));
}
V qLow(I x) {
  return V(x & I(65535));
}
V qSplatHigh(int x) {
  return qHigh(I(x));
}
V qSplatLow(int x) {
  return qLow(I(x));
}
V qFromInt(V h, V l) {
  return V(qJoin(h, l));
}
I qTruncate(V x) {
  V top = qMask(qLessEqual(V(2147483648.0), x));
  V within = qChoose(qNan(x), V(0.0), clamp(x, V(-2147483648.0), V(2147483520.0)));
  return I(within) + I(top * 127.0);
}
V qToIntHigh(V x) {
  return qHigh(qTruncate(x));
}
V qToIntLow(V x) {
  return qLow(qTruncate(x));
}`;

/** A function of one or two integers, as the two functions that give the halves of its result. */
function halves(name: string, operands: 1 | 2, expression: string): string {
  const parameters = operands === 1 ? "V ah, V al" : "V ah, V al, V bh, V bl";
  const text = expression.replaceAll("a", "qJoin(ah, al)").replaceAll("b", "qJoin(bh, bl)");
  return ["High", "Low"].map((half) => `V q${name}${half}(${parameters}) {\n  return q${half}(${text});\n}`).join("\n");
}

function comparison(name: string, test: string): string {
  return `V q${name}Ints(V ah, V al, V bh, V bl) {\n  return qMask(${test}(qJoin(ah, al), qJoin(bh, bl)));\n}`;
}

/** Functions of integers in our notation. */
export const integers: string = [
  representation,
  halves("IntNeg", 1, "(-a)"),
  halves("IntAbs", 1, "(a * (I(1) + I(2) * (a >> U(31u))))"),
  halves("IntAdd", 2, "(a + b)"),
  halves("IntSub", 2, "(a - b)"),
  halves("IntMul", 2, "(a * b)"),
  "V qIntMaximumHigh(V ah, V al, V bh, V bl) {\n  return qHigh(max(qJoin(ah, al), qJoin(bh, bl)));\n}",
  "V qIntMaximumLow(V ah, V al, V bh, V bl) {\n  return qLow(max(qJoin(ah, al), qJoin(bh, bl)));\n}",
  "V qIntMinimumHigh(V ah, V al, V bh, V bl) {\n  return qHigh(min(qJoin(ah, al), qJoin(bh, bl)));\n}",
  "V qIntMinimumLow(V ah, V al, V bh, V bl) {\n  return qLow(min(qJoin(ah, al), qJoin(bh, bl)));\n}",
  comparison("Less", "qLessInt"),
  comparison("LessEqual", "qLessEqualInt"),
  comparison("Equal", "qEqualInt"),
].join("\n");

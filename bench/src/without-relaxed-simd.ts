/**
 * Imported before everything else, it makes this engine answer like one without relaxed SIMD (Node 20, Safari): the packages ask with
 * `WebAssembly.validate` whether a module with such an instruction is valid, and then print plain multiply and add.
 */
const validate = WebAssembly.validate.bind(WebAssembly);
const relaxedMultiplyAdd = [0xfd, 0x85, 0x02];

WebAssembly.validate = (source): boolean => {
  const bytes = new Uint8Array(ArrayBuffer.isView(source) ? source.buffer : source);
  const usesRelaxed = bytes.some((_, at) => relaxedMultiplyAdd.every((byte, offset) => bytes[at + offset] === byte));
  return !usesRelaxed && validate(source);
};

/** What the engine offers beyond fixed-width SIMD. */
export interface Features {
  /** Whether fused multiply-add of relaxed SIMD is available. */
  readonly relaxedSimd: boolean;
  /** Whether the engine's register allocator copes with a 6x8 tile: V8 13 or later, and other engines. */
  readonly manyRegisters: boolean;
}

// (module (func (param v128 v128 v128) (result v128) local.get 0 local.get 1 local.get 2 f32x4.relaxed_madd))
const relaxedProbe = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,
  0x01, 0x08, 0x01, 0x60, 0x03, 0x7b, 0x7b, 0x7b, 0x01, 0x7b,
  0x03, 0x02, 0x01, 0x00,
  0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x01, 0x20, 0x02, 0xfd, 0x85, 0x02, 0x0b,
]);

/**
 * The major version of V8, where the host tells it.
 *
 * V8 12.4 and older spill a 6x8 tile (measured), so the tile choice asks for it. Node tells `process.versions.v8`, Chromium only its
 * user agent; an unknown engine counts as new.
 */
function v8MajorVersion(): number | undefined {
  const host = globalThis as { process?: { versions?: { v8?: string } }; navigator?: { userAgent?: string } };
  const fromNode = host.process?.versions?.v8;
  if (fromNode !== undefined) return Number.parseInt(fromNode, 10);
  // Chromium 130 carries V8 13.0: the milestone is ten times the version.
  const chromium = /Chrom(?:e|ium)\/(\d+)/.exec(host.navigator?.userAgent ?? "");
  return chromium?.[1] === undefined ? undefined : Math.floor(Number(chromium[1]) / 10);
}

let detected: Features | undefined;

/**
 * The features of the running engine, probed once with `WebAssembly.validate`.
 *
 * @returns the detected features; hand other values to `ModuleWriter` to force a path
 */
export function detectFeatures(): Features {
  detected ??= {
    relaxedSimd: WebAssembly.validate(relaxedProbe),
    manyRegisters: (v8MajorVersion() ?? 13) >= 13,
  };
  return detected;
}

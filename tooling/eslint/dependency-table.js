/** Which package may import which: the table of ARCHITECTURE.md, read by eslint and by the repo laws. */
export const allowedImports = {
  core: [],
  schedules: ["core"],
  init: ["core"],
  "first-order": ["core"],
  "second-order": ["core"],
  batchnorm: ["core"],
  strategies: ["core"],
  nn: ["core", "init"],
  data: ["core"],
  train: ["core", "data"],
  diagnostics: ["core"],
  testing: ["core"],
};

/** The packages from outside that a package may import at run time: each one is a decision. */
export const outsideImports = {
  "second-order": ["ml-matrix"],
  diagnostics: ["ml-matrix"],
};

/** The folders of the published packages, in the order in which they depend on each other. */
export const packageNames = Object.keys(allowedImports);

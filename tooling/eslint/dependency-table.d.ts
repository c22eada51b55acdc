/** Which package may import which: the table of ARCHITECTURE.md, read by eslint and by the repo laws. */
export declare const allowedImports: Readonly<Record<string, readonly string[]>>;

/** The packages from outside that a package may import at run time: each one is a decision. */
export declare const outsideImports: Readonly<Record<string, readonly string[]>>;

/** The folders of the published packages, in the order in which they depend on each other. */
export declare const packageNames: readonly string[];

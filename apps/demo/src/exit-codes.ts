/** What the program says of itself to the shell. */
export const EXIT_CODES = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  /** 128 + SIGINT. */
  interrupted: 130,
} as const;

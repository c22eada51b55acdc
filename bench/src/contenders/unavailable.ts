/** Thrown by what makes a contender that cannot take part here; the message says why. */
export class Unavailable extends Error {}

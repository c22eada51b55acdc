import { afterEach, describe, expect, it, vi } from "vitest";
import { openEventLoop } from "../src/event-loop.ts";

/** Works without a pause. */
function work(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

describe("openEventLoop", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  for (const [place, setImmediate] of [["Node", globalThis.setImmediate], ["a browser", undefined]] as const) {
    it(`gives timers a turn when the time slice is over, as in ${place}`, async () => {
      vi.stubGlobal("setImmediate", setImmediate);
      const eventLoop = openEventLoop();
      expect(eventLoop.turn()).toBeUndefined();
      let ticked = false;
      setTimeout(() => {
        ticked = true;
      }, 1);
      let turns = 0;
      for (let slice = 0; slice < 4; slice++) {
        work(45);
        const turn = eventLoop.turn();
        if (turn === undefined) continue;
        await turn;
        turns++;
        // The next slice starts when the turn ends.
        expect(eventLoop.turn()).toBeUndefined();
      }
      eventLoop.close();
      expect([turns, ticked]).toEqual([4, true]);
    });
  }
});

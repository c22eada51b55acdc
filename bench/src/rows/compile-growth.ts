import type { Growth } from "../figures/growth.ts";
import { deepNetwork, measureGrowth } from "../figures/growth.ts";
import type { Measurement, Row } from "../row.ts";

/** Layers whose training step has about 10³ and 10⁴ nodes. */
const SMALL = 13;
const LARGE = 127;
const taken = new Map<number, Promise<Growth>>();

/** The growth of one depth, measured once. */
function growth(depth: number): Promise<Growth> {
  const known = taken.get(depth) ?? measureGrowth(deepNetwork(depth, true));
  taken.set(depth, known);
  return known;
}

/** How many times as much as n log n a quantity grows from the small to the large graph. */
function overNLogN(name: string, quantity: (growth: Growth) => number): Measurement {
  return {
    kind: "measurement",
    name,
    unit: "× n log n",
    measure: async () => {
      const [small, large] = [await growth(SMALL), await growth(LARGE)];
      const allowed = (large.nodes * Math.log(large.nodes)) / (small.nodes * Math.log(small.nodes));
      return quantity(large) / quantity(small) / allowed;
    },
    bars: [{ figure: "× n log n", atMost: 1 }],
  };
}

export const compileGrowthRow: Row = {
  name: "compile-growth",
  what: "compile time and temporary memory from 10³ to 10⁴ graph nodes",
  cases: () => [
    {
      kind: "measurement",
      name: "compile time of 10⁴ nodes",
      unit: "ms",
      measure: async () => 1000 * (await growth(LARGE)).compile,
      bars: [{ figure: "ms", atMost: 1500 }],
    },
    overNLogN("compile time from 10³ to 10⁴ nodes", ({ compile }) => compile),
    overNLogN("temporary memory from 10³ to 10⁴ nodes", ({ arena }) => arena),
  ],
};

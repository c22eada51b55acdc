import { itemUnder } from "../lists.ts";

/** Numbers items in the order in which they are first asked for. */
export class Numbering<Item> {
  /** The items by number. */
  readonly items: Item[] = [];
  readonly #numbers = new Map<Item, number>();

  /** The number of an item that was asked for before. */
  find(item: Item): number | undefined {
    return this.#numbers.get(item);
  }

  of(item: Item): number {
    return itemUnder(this.#numbers, item, () => this.items.push(item) - 1);
  }
}

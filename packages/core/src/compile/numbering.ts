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
    let number = this.#numbers.get(item);
    if (number === undefined) {
      number = this.items.push(item) - 1;
      this.#numbers.set(item, number);
    }
    return number;
  }
}

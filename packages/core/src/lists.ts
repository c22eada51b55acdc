/** Appends an item unless it is there: for short lists, which cost less than sets. */
export function addOnce<Item>(list: Item[], item: Item): void {
  if (!list.includes(item)) list.push(item);
}

/** What is under a key; where nothing is, it is made and entered. */
export function itemUnder<Key, Item>(items: Map<Key, Item>, key: Key, make: () => Item): Item {
  const known = items.get(key);
  // What was made may be undefined.
  if (known !== undefined || items.has(key)) return known as Item;
  const item = make();
  items.set(key, item);
  return item;
}

const noItems = (): never[] => [];

/** The list under a key; an empty one is entered where there is none. */
export function listUnder<Key, Item>(lists: Map<Key, Item[]>, key: Key): Item[] {
  return itemUnder(lists, key, noItems);
}

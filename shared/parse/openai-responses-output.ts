/**
 * The output items of a response while it streams, by `output_index` and by id.
 *
 * In a stream of OpenAI's own the two agree. Elsewhere (mistral.rs, GitHub Copilot, LiteLLM, Bedrock) ids change from
 * event to event or are missing, and several items bear one index; then whichever of the two is known decides, and
 * nothing that came is given up for it.
 */
import { isObject, type Json, type JsonObject } from "../core/json.ts";

interface Slot {
  /** Where the provider put it. A map and not a list holds it, so that an index costs nothing and leaves no hole. */
  index: number;
  id: string | undefined;
  item: JsonObject;
}

export class ResponseOutput {
  readonly #slots: Slot[] = [];
  readonly #byIndex = new Map<number, Slot>();
  readonly #byId = new Map<string, Slot>();
  #indexNext = 0;

  /** The item that an event speaks of. */
  find(place: { index: Json | undefined; id: Json | undefined }): JsonObject | undefined {
    return this.#find(place)?.item;
  }

  /** false where an item stands there already, or the place is none; the item is kept beside it, unless it is the same. */
  add(index: Json | undefined, item: JsonObject): boolean {
    const there = isIndex(index) ? this.#byIndex.get(index) : undefined;
    if (there?.id !== undefined && there.id === item.id && there.item.type === item.type) return false;
    const isFree = isIndex(index) && there === undefined;
    const slot: Slot = { index: isIndex(index) ? index : this.#indexNext, id: undefined, item };
    this.#slots.push(slot);
    this.#byIndex.set(slot.index, slot);
    this.#indexNext = Math.max(this.#indexNext, slot.index + 1);
    this.#name(slot);
    return isFree;
  }

  /** false where there was none of its type to replace; the item is then added. */
  replace(index: Json | undefined, item: JsonObject): boolean {
    const slot = this.#find({ index, id: item.id });
    const isSame = slot?.id !== undefined && slot.id === item.id;
    if (slot === undefined || (slot.item.type !== item.type && !isSame)) {
      this.add(index, item);
      return false;
    }
    slot.item = item;
    this.#name(slot);
    return true;
  }

  /** A list of items as the response itself shows it midway: an item replaces its earlier self. */
  merge(items: readonly Json[]): boolean {
    let isWellFormed = true;
    for (const [index, item] of items.entries()) {
      if (isObject(item)) this.replace(index, item);
      else isWellFormed = false;
    }
    return isWellFormed;
  }

  /** In the provider's order. */
  list(): JsonObject[] {
    return [...this.#slots].sort((left, right) => left.index - right.index).map(({ item }) => item);
  }

  #find({ index, id }: { index: Json | undefined; id: Json | undefined }): Slot | undefined {
    const there = isIndex(index) ? this.#byIndex.get(index) : undefined;
    if (typeof id !== "string" || there?.id === id) return there;
    return this.#byId.get(id) ?? there;
  }

  #name(slot: Slot): void {
    const { id } = slot.item;
    if (typeof id !== "string" || id === "") return;
    slot.id = id;
    this.#byId.set(id, slot);
  }
}

function isIndex(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

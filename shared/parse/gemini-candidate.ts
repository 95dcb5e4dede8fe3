/**
 * One candidate of a streamed answer: what its pieces come to.
 *
 *     content             its parts follow each other                      (gemini-parts.ts)
 *     citationMetadata    its lists gain what they do not have yet: some models repeat them, others go on
 *     logprobsResult      its lists go on
 *     groundingMetadata   field by field, the last one stands: its numbers count the same piece's chunks of sources
 *     any other           the last one stands
 */
import { canonicalJson, isObject, type Json, type JsonObject } from "../core/json.ts";
import { PartList } from "./gemini-parts.ts";
import { appendList, assignFields } from "./merge-deltas.ts";

export class CandidatePieces {
  readonly #fields: JsonObject = {};
  readonly #parts = new PartList();
  readonly #citations: JsonObject = {};
  readonly #citationsSeen = new Set<string>();
  /** Of the content, without its parts; null before the first. */
  #content: JsonObject | null = null;

  get isFinished(): boolean {
    const { finishReason } = this.#fields;
    return Boolean(finishReason) && finishReason !== "FINISH_REASON_UNSPECIFIED";
  }

  /** false when something in it was not of the API's shape; the rest of it is taken all the same. */
  add(candidate: JsonObject): boolean {
    const { index: _index, content, citationMetadata, groundingMetadata, logprobsResult, ...rest } = candidate;
    for (const [field, value] of Object.entries(rest)) {
      if (value !== null) assignFields(this.#fields, { [field]: value });
    }
    if (isObject(citationMetadata)) this.#cite(citationMetadata);
    this.#merge("groundingMetadata", groundingMetadata);
    this.#grow("logprobsResult", logprobsResult);
    return content == null || (isObject(content) && this.#say(content));
  }

  finish(index: number): JsonObject {
    const content = this.#content === null ? {} : { content: { ...this.#content, parts: this.#parts.list() } };
    const cited = Object.keys(this.#citations).length === 0 ? {} : { citationMetadata: this.#citations };
    return { ...content, ...this.#fields, ...cited, index };
  }

  #say({ parts, ...rest }: JsonObject): boolean {
    this.#content ??= {};
    assignFields(this.#content, rest);
    if (parts == null) return true;
    if (!Array.isArray(parts)) return false;
    let isWellFormed = true;
    for (const part of parts) isWellFormed = this.#parts.add(part) && isWellFormed;
    return isWellFormed;
  }

  #cite(metadata: JsonObject): void {
    for (const [field, value] of Object.entries(metadata)) {
      const fresh = Array.isArray(value) ? value.filter((citation) => this.#isFresh(field, citation)) : value;
      const grown = Array.isArray(fresh) ? appendList(own(this.#citations, field), fresh) : fresh;
      assignFields(this.#citations, { [field]: grown });
    }
  }

  #isFresh(field: string, citation: Json): boolean {
    const key = `${field} ${canonicalJson(citation)}`;
    if (this.#citationsSeen.has(key)) return false;
    this.#citationsSeen.add(key);
    return true;
  }

  #merge(name: string, value: Json | undefined): void {
    if (!isObject(value)) return;
    const current = this.#fields[name];
    if (isObject(current)) assignFields(current, value);
    else this.#fields[name] = { ...value };
  }

  #grow(name: string, value: Json | undefined): void {
    if (!isObject(value)) return;
    const current = isObject(this.#fields[name]) ? this.#fields[name] : {};
    this.#fields[name] = current;
    for (const [field, more] of Object.entries(value)) {
      const grown = Array.isArray(more) ? appendList(own(current, field) ?? [], more) : more;
      assignFields(current, { [field]: grown });
    }
  }
}

function own(object: JsonObject, field: string): Json | undefined {
  return Object.hasOwn(object, field) ? object[field] : undefined;
}

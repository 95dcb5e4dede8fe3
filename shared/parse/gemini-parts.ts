/**
 * The parts of a content while it streams, as the non-streaming answer has them: text that was sent in pieces is one
 * part, and so are thoughts; a call whose arguments were sent in pieces is one call. Every other part is kept as it is.
 *
 * A piece of text that bears a signature ends its part, for what follows was not signed with it.
 * https://ai.google.dev/gemini-api/docs/thought-signatures
 */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { readField, readList } from "./gemini-fields.ts";
import { StreamedArgs } from "./gemini-streamed-args.ts";

const TEXT_FIELDS: ReadonlySet<string> = new Set(["text", "thought", "thoughtSignature"]);

export class PartList {
  readonly #parts: JsonObject[] = [];
  /** Says nothing beside other parts: streams end with one, or have one between calls. */
  #emptyText: JsonObject | null = null;
  /** The last part, while it is text that may go on. */
  #openText: JsonObject | null = null;
  #openCall: { part: JsonObject; streamed: StreamedArgs } | null = null;

  /** false when something in it was not of the API's shape. The part itself is never changed. */
  add(part: Json): boolean {
    if (!isObject(part)) return false;
    const call = part.functionCall;
    if (isObject(call)) return this.#addCall(part, call);
    if (isEmptyText(part)) {
      this.#emptyText ??= part;
      return true;
    }
    if (this.#openText !== null && isPlainText(part) && isThought(part) === isThought(this.#openText)) {
      this.#growText(this.#openText, part);
      return true;
    }
    const own = { ...part };
    this.#parts.push(own);
    this.#openText = isPlainText(own) && own.thoughtSignature === undefined ? own : null;
    return true;
  }

  list(): JsonObject[] {
    return this.#parts.length === 0 && this.#emptyText !== null ? [this.#emptyText] : this.#parts;
  }

  #growText(open: JsonObject, { text, thoughtSignature }: JsonObject): void {
    open.text = String(open.text) + String(text);
    if (thoughtSignature === undefined) return;
    open.thoughtSignature = thoughtSignature;
    this.#openText = null;
  }

  /** A call without a name goes on with the one before it, which said that it would. */
  #addCall(part: JsonObject, call: JsonObject): boolean {
    const willContinue = readField(call, "willContinue") === true;
    const pieces = readField(call, "partialArgs");
    const goesOn = call.name === undefined ? this.#openCall : null;
    if (goesOn === null && !willContinue && pieces === undefined) {
      this.#openCall = null;
      this.#openText = null;
      this.#parts.push(part);
      return true;
    }
    const open = goesOn ?? this.#startCall(part, call);
    if (part.thoughtSignature !== undefined) open.part.thoughtSignature = part.thoughtSignature;
    let isWellFormed = true;
    for (const piece of readList(pieces)) isWellFormed = open.streamed.add(piece) && isWellFormed;
    this.#openCall = willContinue ? open : null;
    return isWellFormed;
  }

  #startCall(part: JsonObject, call: JsonObject) {
    const { partialArgs: _pieces, willContinue: _more, args, ...rest } = call;
    const streamed = new StreamedArgs(isObject(args) ? { ...args } : {});
    const own: JsonObject = { ...part, functionCall: { ...rest, args: streamed.args } };
    this.#openText = null;
    this.#parts.push(own);
    return { part: own, streamed };
  }
}

function isPlainText(part: JsonObject): boolean {
  return typeof part.text === "string" && Object.keys(part).every((field) => TEXT_FIELDS.has(field));
}

function isThought({ thought }: JsonObject): boolean {
  return thought === true;
}

function isEmptyText(part: JsonObject): boolean {
  return part.text === "" && part.thoughtSignature === undefined && isPlainText(part);
}

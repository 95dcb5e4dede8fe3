/** What an erasure takes along, told from what is kept: of an exchange by its id, of a user by their names, of words by what they speak of. */
import type { Capture } from "../core/exchange.ts";
import type { FeedbackEvent } from "../core/feedback.ts";
import { idTimeMs } from "../core/ids.ts";
import { readIdentity } from "../parse/identity.ts";
import { parseCapture } from "../parse/parse-capture.ts";
import { type Erasure, otherName } from "./erasures.ts";

export class WhatGoes {
  readonly #erasure: Erasure;
  readonly #ids: ReadonlySet<string>;
  readonly #names: ReadonlySet<string>;

  /** @param ids that it has marked as erased, other names too */
  constructor(erasure: Erasure, ids: ReadonlySet<string>) {
    this.#erasure = erasure;
    this.#ids = ids;
    this.#names = new Set(erasure.state.names);
  }

  exchange(id: string): boolean {
    return this.#ids.has(id);
  }

  event({ ref, app, actor }: FeedbackEvent): boolean {
    if ("id" in ref && this.#ids.has(ref.id)) return true;
    if (app !== null && app !== this.#erasure.app) return false;
    if ("responseId" in ref && this.#isNamed(`responseId:${ref.responseId}`)) return true;
    if ("requestId" in ref && this.#isNamed(`requestId:${ref.requestId}`)) return true;
    return this.#erasure.kind === "user" && actor !== "" && this.#names.has(actor);
  }

  #isNamed(name: string): boolean {
    return this.#ids.has(otherName(this.#erasure.app, name));
  }

  /** That was never taken in: the user's, or a later turn, which sends the text of what is erased again. */
  capture(capture: Capture): boolean {
    const { id, app, user } = capture.header;
    const { kind, app: ofApp, atMs } = this.#erasure;
    if (this.#ids.has(id)) return true;
    if (app !== ofApp || kind === "age" || idTimeMs(id) > atMs) return false;
    if (kind === "user" && user !== undefined) return this.#names.has(user);
    const { request, follows } = parseCapture(capture);
    if (kind === "user") return this.#names.has(readIdentity(request).user ?? "");
    return follows !== null && (this.#isNamed(`turn:${follows}`) || this.#isNamed(`responseId:${follows}`));
  }

  /** Of bytes that nobody can read: do they hold an id, or a name as JSON has it? */
  unreadable(text: string): boolean {
    if ([...this.#ids].some((id) => text.includes(id))) return true;
    return this.#erasure.kind === "user" && [...this.#names].some((name) => text.includes(JSON.stringify(name)));
  }
}

/**
 * An ordinary JSON answer is read whole and then given to the client: it is of no use to anyone before it is
 * whole, and this is the cheapest copy (DESIGN.md, "Capture"). Only where its length is known and bounded.
 */
import { JSON_ANSWER_BYTES_MAX } from "../../shared/core/limits.ts";
import type { Copied } from "./answer-stream.ts";

/** Statuses whose answers have no body, whatever their content-length says (RFC 9110 section 6.4.1). */
const BODILESS = new Set([204, 205, 304]);

/** Does not touch `answer.body`: the stream's own object costs. @param method of the request */
export function isWholeAnswer(answer: Response, method: string): boolean {
  if (method === "HEAD" || BODILESS.has(answer.status)) return false;
  const type = answer.headers.get("content-type");
  if (type === null || !/^application\/([a-z0-9.+-]+\+)?json\b/i.test(type)) return false;
  const length = answer.headers.get("content-length");
  return length !== null && Number(length) <= JSON_ANSWER_BYTES_MAX;
}

/** @throws when the provider cuts the answer off, or the client leaves */
export async function readWhole(answer: Response): Promise<Copied> {
  return { bytes: new Uint8Array(await answer.arrayBuffer()), outcome: "complete" };
}

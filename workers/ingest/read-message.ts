/** What a queue message of ours can be: bytes are a capture, an array is feedback. */
import type { FeedbackEvent } from "../../shared/core/feedback.ts";
import { toBytes } from "../../shared/core/text.ts";

export type Incoming =
  | { kind: "capture"; messageId: string; bytes: Uint8Array<ArrayBuffer> }
  | { kind: "feedback"; events: FeedbackEvent[] }
  | { kind: "unknown"; messageId: string; bytes: Uint8Array<ArrayBuffer> };

export function readMessage({ id, body }: Message): Incoming {
  return readBody({ id, body });
}

export function readBody({ id, body }: { id: string; body: unknown }): Incoming {
  if (body instanceof ArrayBuffer) return { kind: "capture", messageId: id, bytes: new Uint8Array(body) };
  if (ArrayBuffer.isView(body)) {
    const view = new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength);
    return { kind: "capture", messageId: id, bytes: view };
  }
  if (Array.isArray(body) && body.every(isEvent)) return { kind: "feedback", events: body };
  return { kind: "unknown", messageId: id, bytes: toBytes(JSON.stringify(body) ?? "") };
}

/** Written by our own gateway, which has checked every field; this only keeps other shapes out. */
function isEvent(value: unknown): value is FeedbackEvent {
  return typeof value === "object" && value !== null && "type" in value && value.type === "feedback" && "ref" in value;
}

/**
 * A recorded event stream as its events, after the WHATWG rules (BOM, comments, LF / CRLF / CR, data over
 * several lines), by eventsource-parser. The body is whole and already bounded by the capture.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
import { createParser } from "eventsource-parser";

export interface SseEvent {
  event: string | undefined;
  data: string;
  /** No blank line came behind it: the body may have been cut in the middle of it. */
  unterminated: boolean;
}

/** Never throws. An event at the very end that lacks its blank line is delivered too, as the official SDKs do. */
export function readEvents(text: string): SseEvent[] {
  const events: SseEvent[] = [];
  let unterminated = false;
  const parser = createParser({
    onEvent: ({ event, data }) => events.push({ event, data, unterminated }),
  });
  parser.feed(text);
  unterminated = true;
  parser.feed("\n\n");
  return events;
}

/** Whether a body that names no usable type looks like an event stream: its first line is a field or a comment. */
export function looksLikeEvents(text: string): boolean {
  return /^\s*(?:data|event|id|retry)?:/.test(text);
}

/** What must hold of every Responses stream: the official SDK agrees, cuts lose nothing, nothing throws. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isObject, type Json, type JsonObject } from "../../shared/core/json.ts";
import { messagesOf } from "../../shared/parse/messages-of.ts";
import { accumulateResponseWithSdk, comparableResponse } from "./official-responses-sdk.ts";
import {
  added,
  at,
  begun,
  completed,
  created,
  done,
  frame,
  parseResponse,
  parseResponseStream,
} from "./responses-of.ts";

const text = fc.string({ unit: "grapheme", maxLength: 6 });
const texts = fc.array(text, { maxLength: 3 });

/** The events of one item, which stands at `index`. */
type Item = (index: number) => JsonObject[];

interface Grown {
  list: string;
  place: string;
  subject: string;
  part: string;
  type: string;
  field: string;
}

const GROWN: Record<string, Grown> = {
  text: grown("content", "content_index", { subject: "output_text", part: "content_part", field: "text" }),
  refusal: grown("content", "content_index", { subject: "refusal", part: "content_part", field: "refusal" }),
  reasoning: grown("content", "content_index", { subject: "reasoning_text", part: "content_part", field: "text" }),
  summary: {
    ...grown("summary", "summary_index", {
      subject: "reasoning_summary_text",
      part: "reasoning_summary_part",
      field: "text",
    }),
    type: "summary_text",
  },
};

function grown(list: string, place: string, rest: { subject: string; part: string; field: string }): Grown {
  return { list, place, type: rest.subject, ...rest };
}

/** One part after the other: opened, grown, closed. */
function partsOf(kind: Grown, pieces: readonly string[][]): Item {
  const { place, subject, part, type, field } = kind;
  const extra = type === "output_text" ? { annotations: [] } : {};
  return (index) =>
    pieces.flatMap((deltas, position) => {
      const where = { [place]: position };
      const whole = deltas.join("");
      return [
        at(index, `${part}.added`, { ...where, part: { type, [field]: "", ...extra } }),
        ...deltas.map((delta) => at(index, `${subject}.delta`, { ...where, delta })),
        at(index, `${subject}.done`, { ...where, [field]: whole }),
        at(index, `${part}.done`, { ...where, part: { type, [field]: whole, ...extra } }),
      ];
    });
}

const parted = (fields: JsonObject, kinds: readonly Grown[]): fc.Arbitrary<Item> =>
  fc
    .record({ kind: fc.constantFrom(...kinds), pieces: fc.array(texts, { maxLength: 2 }) })
    .map(({ kind, pieces }) => (index) => {
      const wholes = pieces.map((deltas) => ({ type: kind.type, [kind.field]: deltas.join("") }));
      const whole = { ...fields, status: "completed", [kind.list]: wholes };
      return [added(index, structuredClone(fields)), ...partsOf(kind, pieces)(index), done(index, whole)];
    });

const called = (type: string, field: string, subject: string): fc.Arbitrary<Item> =>
  texts.map((deltas) => (index) => {
    const item = { type, call_id: `call_${index}`, name: "rain", [field]: "" };
    return [
      added(index, item),
      ...deltas.map((delta) => at(index, `${subject}.delta`, { delta })),
      at(index, `${subject}.done`, { [field]: deltas.join("") }),
      done(index, { ...item, [field]: deltas.join("") }),
    ];
  });

const searched: fc.Arbitrary<Item> = fc
  .constantFrom("web_search_call", "file_search_call")
  .map((type) => (index) => [
    added(index, { type, status: "in_progress" }),
    at(index, `${type}.searching`, {}),
    at(index, `${type}.completed`, {}),
    done(index, { type, status: "completed" }),
  ]);

const {
  text: said,
  refusal,
  reasoning,
  summary,
} = GROWN as Record<"text" | "refusal" | "reasoning" | "summary", Grown>;
const item = fc.oneof(
  parted({ type: "message", role: "assistant", content: [] }, [said, refusal]),
  parted({ type: "reasoning", summary: [] }, [reasoning, summary]),
  called("function_call", "arguments", "function_call_arguments"),
  called("custom_tool_call", "input", "custom_tool_call_input"),
  called("mcp_call", "arguments", "mcp_call_arguments"),
  called("code_interpreter_call", "code", "code_interpreter_call_code"),
  searched,
);
const items = fc.uniqueArray(fc.tuple(fc.nat({ max: 9 }), item), { maxLength: 4, selector: ([index]) => index });

/** Side by side, each item's events in their order. `turns` says whose is next. */
function interleave(lists: JsonObject[][], turns: readonly number[]): JsonObject[] {
  const left = lists.map((list) => [...list]);
  const events: JsonObject[] = [];
  for (const turn of turns) {
    const open = left.filter((list) => list.length > 0);
    const next = open[turn % Math.max(1, open.length)]?.shift();
    if (next !== undefined) events.push(next);
  }
  return [...events, ...left.flat()];
}

const shown = fc.constantFrom<JsonObject>(
  { type: "response.in_progress", response: { ...begun, service_tier: "flex" } },
  { type: "response.queued", response: { ...begun, status: "queued", output: null } },
  { type: "keepalive" },
);
const wellFormed = fc
  .record({ items, turns: fc.array(fc.nat({ max: 9 }), { maxLength: 40 }), shown: fc.array(fc.tuple(fc.nat(), shown)) })
  .map((stream) => {
    const events = interleave(
      stream.items.map(([index, make]) => make(index)),
      stream.turns,
    );
    for (const [position, event] of stream.shown) events.splice(position % (events.length + 1), 0, event);
    return [created, ...events];
  });
const type = fc.constantFrom("completed", "failed", "incomplete");

describe("any well-formed Responses stream", () => {
  test("comes out as the official SDK accumulates it, however early it ends", async () => {
    const property = fc.asyncProperty(wellFormed, fc.nat(), async (events, cut) => {
      const body = frame(events.slice(0, 1 + (cut % events.length)));
      const { response, threw } = await accumulateResponseWithSdk(body);
      const parsed = parseResponseStream(body);
      expect(threw).toBeNull();
      expect(comparableResponse(parsed.response)).toEqual(comparableResponse(response));
      expect(parsed.flags).toEqual(["stream_without_end"]);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test("comes out as the official SDK accumulates it at its end, with an output or without one", async () => {
    const property = fc.asyncProperty(wellFormed, type, fc.boolean(), async (events, end, isGiven) => {
      const finished = events.filter((event) => event.type === "response.output_item.done");
      const { output, ...fields } = completed(
        finished.map((event) => event.item ?? null),
        { status: end },
      );
      const given = isGiven && finished.length > 0;
      const last = { type: `response.${end}`, response: given ? { ...fields, output: output ?? null } : fields };
      const body = frame([...events, last]);
      const { response, threw } = await accumulateResponseWithSdk(body);
      const parsed = parseResponseStream(body);
      expect(threw).toBeNull();
      expect(comparableResponse(parsed.response)).toEqual(comparableResponse(response));
      expect(parsed.flags).toEqual(end === "failed" ? ["stream_error"] : []);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test("cut anywhere yields a beginning of its text and no bad event", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const property = fc.property(fc.array(text, { minLength: 1 }), share, (deltas, cut) => {
      const [opening, ...rest] = partsOf(said, [deltas])(0);
      const events = [created, added(0, { type: "message", role: "assistant", content: [] }), opening ?? {}, ...rest];
      const bytes = new TextEncoder().encode(frame(events));
      const { response, flags } = parseResponseStream(bytes.slice(0, Math.floor(bytes.length * cut)));
      expect(flags).not.toContain("stream_bad_event");
      expect(deltas.join("").startsWith(textIn(response))).toBe(true);
    });
    fc.assert(property, { numRuns: 200 });
  });
});

describe("nothing makes it throw", () => {
  const names = [
    "type",
    "item",
    "part",
    "delta",
    "response",
    "output",
    "content",
    "summary",
    "text",
    "arguments",
    "id",
  ];
  const more = [
    "output_index",
    "content_index",
    "item_id",
    "usage",
    "status",
    "input",
    "instructions",
    "tools",
    "role",
  ];
  const odd = ["__proto__", "constructor", "action", "call_id", "annotations", "prompt", "command_index", "logprobs"];
  const key = fc.constantFrom(...names, ...more, ...odd);
  const word = fc.constantFrom(
    "message",
    "reasoning",
    "function_call",
    "shell_call",
    "shell_call_output",
    "output_text",
  );
  const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom<Json[]>(
        null,
        true,
        0,
        1,
        -1,
        1e9,
        1e300,
        "",
        "x",
        "assistant",
        "input_text",
        "function_call_output",
      ),
      word,
      fc.array(tie("tree"), { maxLength: 3 }),
      fc
        .array(fc.tuple(key, tie("tree")), { maxLength: 6 })
        .map((entries) => Object.fromEntries(entries) as JsonObject),
    ),
  }));
  const eventType = fc.constantFrom(
    ...["created", "completed", "output_item.added", "output_item.done", "content_part.added", "content_part.done"],
    ...["output_text.delta", "output_text.done", "output_text.annotation.added", "reasoning_summary_part.added"],
    ...["shell_call_command.added", "shell_call_command.delta", "shell_call_output_content.delta", "mcp_call.failed"],
    ...["function_call_arguments.delta", "code_interpreter_call_code.delta", "shell_call_output_content.done"],
  );
  const event = fc.tuple(eventType, tree, fc.nat({ max: 1 })).map(([name, fields, index]) => ({
    output_index: index,
    item_id: `item_${index}`,
    content_index: 0,
    command_index: 0,
    delta: "x",
    ...(isObject(fields) ? fields : { item: fields, part: fields, response: fields }),
    type: `response.${name}`,
  }));

  test("no JSON in the place of a request, an answer or an event", () => {
    const property = fc.property(tree, tree, fc.array(event, { maxLength: 6 }), (request, response, events) => {
      for (const parsed of [parseResponse(response, request), parseResponseStream(frame(events))]) {
        expect(JSON.stringify(parsed)).toBeTypeOf("string");
        const call = { format: "openai", path: "/v1/responses" } as const;
        expect(messagesOf({ request, response: parsed.response, ...call })).toBeInstanceOf(Array);
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

function textIn(response: Json): string {
  const output = isObject(response) && Array.isArray(response.output) ? response.output : [];
  const content = isObject(output[0]) && Array.isArray(output[0].content) ? output[0].content : [];
  const part = content[0];
  return isObject(part) && typeof part.text === "string" ? part.text : "";
}

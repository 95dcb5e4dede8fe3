import { describe, expect, test } from "vitest";
import { type FeedbackEvent, SENT_KINDS } from "../../shared/core/feedback.ts";
import type { ExchangeId } from "../../shared/core/ids.ts";
import type { Json } from "../../shared/core/json.ts";
import {
  FEEDBACK_BODY_BYTES_MAX,
  FEEDBACK_DEPTH_MAX,
  FEEDBACK_EVENT_EXTRA_BYTES_MAX,
  FEEDBACK_EVENTS_MAX,
  HEADER_VALUE_CHARS_MAX,
} from "../../shared/core/limits.ts";
import { toBytes } from "../../shared/core/text.ts";
import { type FeedbackContext, readFeedback } from "../../shared/feedback/read-events.ts";
import fc from "./property.ts";

const NOW_MS = Date.UTC(2026, 10, 23, 4, 5, 6, 789);

/** Takes every id for one of ours, and counts event ids from 1. */
function context(overrides: Partial<FeedbackContext> = {}): FeedbackContext {
  let events = 0;
  return {
    resolve: async (id) => ({ ok: true, ref: typeof id === "string" ? { id: id as ExchangeId } : id, app: null }),
    newEventId: () => `event-${++events}`,
    nowMs: NOW_MS,
    ...overrides,
  };
}

async function accepted(body: string): Promise<FeedbackEvent[]> {
  const read = await readFeedback(body, context());
  if (!read.ok) throw new Error(`refused: ${read.error.message}`);
  return read.events;
}

async function only(body: string): Promise<FeedbackEvent> {
  const [event, ...rest] = await accepted(body);
  if (event === undefined || rest.length > 0) throw new Error(`${rest.length + 1} events`);
  return event;
}

async function refusal(body: string): Promise<{ code: string; message: string }> {
  const read = await readFeedback(body, context());
  if (read.ok) throw new Error(`accepted: ${JSON.stringify(read.events)}`);
  return read.error;
}

/** The examples of API.md, word for word. */
const EXAMPLES: [string, Partial<FeedbackEvent>][] = [
  ['{"id":"<x-winnow-id>","kind":"thumb","value":"up"}', { kind: "thumb", value: "up" }],
  ['{"id":"…","kind":"thumb","value":null}', { kind: "thumb", value: null }],
  ['{"id":"…","kind":"rating","value":0.8}', { kind: "rating", value: 0.8 }],
  [
    '{"id":"…","kind":"correction","text":"what it should have said"}',
    { kind: "correction", text: "what it should have said", value: true },
  ],
  ['{"id":"…","kind":"comment","text":"…"}', { kind: "comment", text: "…", value: true }],
  ['{"id":"…","kind":"copied"}', { kind: "copied", value: true }],
  ['{"id":"…","kind":"regenerated"}', { kind: "regenerated", value: true }],
  ['{"id":"…","kind":"accepted"}', { kind: "accepted", value: true }],
  ['{"id":"…","kind":"dismissed"}', { kind: "dismissed", value: true }],
  ['{"id":"…","kind":"retained"}', { kind: "retained", value: true }],
  ['{"id":"…","kind":"reverted"}', { kind: "reverted", value: true }],
  ['{"id":"…","kind":"metric","name":"resolved","value":true}', { kind: "metric", name: "resolved", value: true }],
];

describe("an event of the contract", () => {
  test.each(EXAMPLES)("is accepted: %s", async (body, expected) => {
    const id = body.includes("<x-winnow-id>") ? "<x-winnow-id>" : "…";
    expect(await only(body)).toEqual({
      type: "feedback",
      version: 1,
      eventId: "event-1",
      ref: { id },
      app: null,
      name: "",
      actor: "",
      text: null,
      atMs: NOW_MS,
      receivedAtMs: NOW_MS,
      ...expected,
    });
  });

  test("is there for every kind", () => {
    expect(new Set(EXAMPLES.map(([, { kind }]) => kind))).toEqual(new Set(SENT_KINDS));
  });

  test("may come with the others in one array, and they stay in their order", async () => {
    const events = await accepted(`[${EXAMPLES.map(([body]) => body).join(",")}]`);
    expect(events.map((event) => event.kind)).toEqual(EXAMPLES.map(([, { kind }]) => kind));
    expect(events.map((event) => event.eventId)).toEqual(EXAMPLES.map((_, index) => `event-${index + 1}`));
  });

  test.each(['{"responseId":"chatcmpl-1"}', '{"requestId":"mine-1"}'])("may name its exchange by %s", async (id) => {
    expect((await only(`{"id":${id},"kind":"copied"}`)).ref).toEqual(JSON.parse(id));
  });

  test("has the reference and the app that its sender was found to have", async () => {
    const ref = { id: "019a0000-0000-7000-8000-000000000001" as ExchangeId };
    const read = await readFeedback(
      '{"id":"x","kind":"copied"}',
      context({ resolve: async () => ({ ok: true, ref, app: "shop" }) }),
    );
    expect(read.ok && read.events[0]).toMatchObject({ ref, app: "shop" });
  });

  test.each(SENT_KINDS)("of kind %s is taken back by null", async (kind) => {
    const name = kind === "metric" ? { name: "resolved" } : {};
    const event = await only(JSON.stringify({ id: "x", kind, value: null, ...name }));
    expect(event).toMatchObject({ kind, value: null, text: null });
  });

  test.each(["correction", "comment"])("of kind %s is taken back by a text that is null, too", async (kind) => {
    expect(await only(JSON.stringify({ id: "x", kind, text: null }))).toMatchObject({ value: null, text: null });
  });

  test.each([0, 1, 0.5, -0])("may rate at the ends and between: %d", async (value) => {
    expect((await only(`{"id":"x","kind":"rating","value":${value}}`)).value).toBe(value === 0 ? 0 : value);
  });

  test.each(["0", "-12.5", "1e308", "false"])("may measure %s", async (value) => {
    expect((await only(`{"id":"x","kind":"metric","name":"n","value":${value}}`)).value).toBe(JSON.parse(value));
  });

  test("takes its texts at their longest", async () => {
    const event = {
      id: "i".repeat(HEADER_VALUE_CHARS_MAX),
      kind: "correction",
      actor: "a".repeat(HEADER_VALUE_CHARS_MAX),
      text: "t".repeat(60_000),
    };
    expect(await only(JSON.stringify(event))).toMatchObject({ actor: event.actor, text: event.text });
    const metric = { id: "x", kind: "metric", name: "n".repeat(64), value: 1 };
    expect(await only(JSON.stringify(metric))).toMatchObject({ name: metric.name });
  });

  test.each(["text", "actor"])("has no half of a surrogate pair in its %s: no store gives it back", async (field) => {
    const read = await readFeedback(`{"id":"x","kind":"correction","text":"a","${field}":"b\\ud800"}`, context());
    expect(read).toMatchObject({ ok: false, error: { code: "bad_field", message: expect.stringContaining(field) } });
  });
});

describe("the time of an event", () => {
  const atOf = async (at: string) => (await only(JSON.stringify({ id: "x", kind: "copied", at }))).atMs;

  test.each([
    ["2026-11-20T01:02:03Z", Date.UTC(2026, 10, 20, 1, 2, 3)],
    ["2026-11-20T01:02:03.456Z", Date.UTC(2026, 10, 20, 1, 2, 3, 456)],
    ["2026-11-20T01:02:03+05:30", Date.UTC(2026, 10, 19, 19, 32, 3)],
    ["2026-11-20T01:02:03.123456789-08:00", Date.UTC(2026, 10, 20, 9, 2, 3, 123)],
  ])("%s is kept", async (at, expected) => {
    expect(await atOf(at)).toBe(expected);
  });

  test("is its receipt where none is sent", async () => {
    expect((await only('{"id":"x","kind":"copied"}')).atMs).toBe(NOW_MS);
  });

  test.each(["2026-11-23T04:05:06.790Z", "2027-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])(
    "%s is in the future, and becomes the time of receipt",
    async (at) => {
      expect(await atOf(at)).toBe(NOW_MS);
    },
  );

  test("that is accepted is always a number", async () => {
    const time = fc.stringMatching(/^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\d(\.\d{1,9})?(Z|[+-][01]\d:[0-5]\d)$/);
    await fc.assert(
      fc.asyncProperty(time, async (at) => {
        const read = await readFeedback(JSON.stringify({ id: "x", kind: "copied", at }), context());
        if (read.ok) expect(Number.isFinite(read.events[0]?.atMs), at).toBe(true);
        else expect(read.error.message).toContain(at);
      }),
      { numRuns: 500 },
    );
  });
});

/** One event that is wrong in one way: the field, the value as shown, the remedy. */
const WRONG: [string, string, string, string][] = [
  ['{"kind":"thumb","value":"up"}', "id", "missing", "send the x-winnow-id of the answer"],
  ['{"id":5,"kind":"thumb","value":"up"}', "id", "5", "send the x-winnow-id of the answer"],
  ['{"id":null,"kind":"thumb","value":"up"}', "id", "null", "send the x-winnow-id of the answer"],
  ['{"id":"","kind":"thumb","value":"up"}', "id", '""', ">=1 characters"],
  [`{"id":"${"i".repeat(129)}","kind":"copied"}`, "id", `"${"i".repeat(59)}…`, "<=128 characters"],
  ['{"id":{"responseId":""},"kind":"copied"}', "id.responseId", '""', ">=1 characters"],
  ['{"id":{"requestId":7},"kind":"copied"}', "id", '{"requestId":7}', '{"responseId":"…"} or {"requestId":"…"}'],
  [
    '{"id":{"responseId":"a","requestId":"b"},"kind":"copied"}',
    "id",
    '{"responseId":"a","requestId":"b"}',
    '{"responseId":"…"} or {"requestId":"…"}',
  ],
  ['{"id":"x"}', "kind", "missing", "one of thumb, rating, correction"],
  ['{"id":"x","kind":"like"}', "kind", '"like"', "one of thumb, rating, correction"],
  ['{"id":"x","kind":"THUMB"}', "kind", '"THUMB"', "one of thumb, rating, correction"],
  ['{"id":"x","kind":["thumb"]}', "kind", '["thumb"]', "one of thumb, rating, correction"],
  ['{"id":"x","kind":"__proto__"}', "kind", '"__proto__"', "one of thumb, rating, correction"],
  ['{"id":"x","kind":"constructor"}', "kind", '"constructor"', "one of thumb, rating, correction"],
  ['{"id":"x","kind":"thumb"}', "value", "missing", 'one of "up"|"down"'],
  ['{"id":"x","kind":"thumb","value":"sideways"}', "value", '"sideways"', 'one of "up"|"down"'],
  ['{"id":"x","kind":"thumb","value":true}', "value", "true", 'one of "up"|"down"'],
  ['{"id":"x","kind":"rating"}', "value", "missing", "expected number"],
  ['{"id":"x","kind":"rating","value":"0.8"}', "value", '"0.8"', "expected number"],
  ['{"id":"x","kind":"rating","value":1.01}', "value", "1.01", "<=1"],
  ['{"id":"x","kind":"rating","value":-0.01}', "value", "-0.01", ">=0"],
  ['{"id":"x","kind":"rating","value":1e400}', "value", "Infinity", "expected number"],
  ['{"id":"x","kind":"correction"}', "text", "missing", '"value": null to take it back'],
  ['{"id":"x","kind":"comment"}', "text", "missing", '"value": null to take it back'],
  ['{"id":"x","kind":"correction","text":""}', "text", '""', "send some text"],
  ['{"id":"x","kind":"comment","text":" \\n\\t"}', "text", '" \\n\\t"', "send some text"],
  ['{"id":"x","kind":"correction","text":"a","value":null}', "value", "null", "send one of them"],
  ['{"id":"x","kind":"comment","text":5}', "text", "5", "expected string"],
  ['{"id":"x","kind":"correction","text":"a","value":true}', "value", "true", "expected null"],
  ...["copied", "regenerated", "accepted", "dismissed", "retained", "reverted"].map(
    (kind): [string, string, string, string] => [
      `{"id":"x","kind":"${kind}","value":false}`,
      "value",
      "false",
      "leave it out, or send null to take it back",
    ],
  ),
  ['{"id":"x","kind":"metric","value":1}', "name", "missing", "expected string"],
  ['{"id":"x","kind":"metric","name":"","value":1}', "name", '""', ">=1 characters"],
  ['{"id":"x","kind":"metric","name":"n"}', "value", "missing", "send true, false, a finite number, or null"],
  ['{"id":"x","kind":"metric","name":"n","value":"1"}', "value", '"1"', "send true, false, a finite number, or null"],
  ['{"id":"x","kind":"metric","name":"n","value":-1e400}', "value", "-Infinity", "a finite number"],
  ['{"id":"x","kind":"copied","actor":""}', "actor", '""', ">=1 characters"],
  ['{"id":"x","kind":"copied","actor":null}', "actor", "null", "expected string"],
  ['{"id":"x","kind":"copied","at":"yesterday"}', "at", '"yesterday"', "ISO 8601 time such as"],
  ['{"id":"x","kind":"copied","at":"2026-02-30T00:00:00Z"}', "at", '"2026-02-30T00:00:00Z"', "ISO 8601 time such as"],
  ['{"id":"x","kind":"copied","at":"2026-11-20T00:00:00"}', "at", '"2026-11-20T00:00:00"', "ISO 8601 time such as"],
  ['{"id":"x","kind":"copied","at":1795392000000}', "at", "1795392000000", "ISO 8601 time such as"],
];

describe("an event that is wrong", () => {
  test.each(WRONG)("is refused with field, value and remedy: %s", async (body, field, shown, remedy) => {
    const error = await refusal(body);
    expect(error.code).toBe("bad_field");
    expect(error.message).toMatch(startingWith(`${field} is ${shown}`));
    expect(error.message).toContain(remedy);
  });

  test.each(WRONG)("is named by its place in an array: %s", async (body, field) => {
    const error = await refusal(`[{"id":"x","kind":"copied"},${body}]`);
    expect(error.message).toMatch(startingWith(`[1].${field} is `));
  });

  test.each(["extra", "__proto__", "constructor", "name", "text", "value2"])(
    "is refused with the field %s, which its kind does not have",
    async (field) => {
      const error = await refusal(`{"id":"x","kind":"thumb","value":"up","${field}":"1"}`);
      expect(error).toEqual({ code: "bad_field", message: `"${field}" is no field of kind thumb; leave it out` });
    },
  );

  test.each([
    ["text", { kind: "correction", text: "t".repeat(60_001) }],
    ["actor", { kind: "copied", actor: "a".repeat(HEADER_VALUE_CHARS_MAX + 1) }],
    ["name", { kind: "metric", name: "n".repeat(65), value: 1 }],
  ])("is refused when its %s is one character too long, and shown in 60 characters", async (field, event) => {
    const { code, message } = await refusal(JSON.stringify({ id: "x", ...event }));
    expect(code).toBe("bad_field");
    expect(message).toMatch(startingWith(`${field} is "`));
    expect(message.length).toBeLessThan(200);
  });

  test.each(["1", '"x"', "null", "true"])("is refused when it is %s", async (event) => {
    const example = 'an event looks like {"id":"…","kind":"thumb","value":"up"}';
    expect(await refusal(event)).toEqual({ code: "bad_field", message: `the body is not an object; ${example}` });
    expect(await refusal(`[${event}]`)).toEqual({ code: "bad_field", message: `[0] is not an object; ${example}` });
  });

  test("takes the right ones beside it down with it: all or nothing", async () => {
    const right = '{"id":"x","kind":"copied"}';
    const read = await readFeedback(`[${right},${right},{"id":"x"},${right}]`, context());
    expect(read).not.toHaveProperty("events");
    expect(read).toMatchObject({ ok: false, error: { message: expect.stringMatching(/^\[2\]\.kind is missing/) } });
  });

  test("is refused with the reason why its id was", async () => {
    const resolve: FeedbackContext["resolve"] = async (id) =>
      id === "bad" ? { ok: false, error: { code: "bad_mac", message: "not yours" } } : context().resolve(id);
    const body = '[{"id":"good","kind":"copied"},{"id":"bad","kind":"copied"}]';
    const read = await readFeedback(body, context({ resolve }));
    expect(read).toEqual({ ok: false, error: { code: "bad_mac", message: "[1].id: not yours" } });
  });

  test("leaves no mark on any prototype", async () => {
    await refusal('{"id":"x","kind":"thumb","value":"up","__proto__":{"polluted":true}}');
    await refusal('{"id":{"__proto__":{"responseId":"r"}},"kind":"copied"}');
    expect({}).not.toHaveProperty("polluted");
    expect({}).not.toHaveProperty("responseId");
  });
});

describe("a body", () => {
  const events = (count: number) => JSON.stringify(Array(count).fill({ id: "x", kind: "copied" }));

  test(`holds ${FEEDBACK_EVENTS_MAX} events, and not one more`, async () => {
    expect(await accepted(events(FEEDBACK_EVENTS_MAX))).toHaveLength(FEEDBACK_EVENTS_MAX);
    expect(await refusal(events(FEEDBACK_EVENTS_MAX + 1))).toEqual({
      code: "bad_request",
      message: "101 events in one body, 100 at most; send the rest in another",
    });
  });

  test("holds one event at least", async () => {
    expect((await refusal("[]")).message).toBe("the array is empty; send one event at least");
  });

  test.each(["", "nope", '{"id":"x",}', "id=x&kind=thumb", "\ufeff{}"])(
    "is refused when it is not JSON: %j",
    async (body) => {
      expect(await refusal(body)).toEqual({
        code: "bad_request",
        message: "the body is not JSON; send one event or an array of events",
      });
    },
  );

  test(`is refused when it is nested more than ${FEEDBACK_DEPTH_MAX} deep`, async () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    expect((await refusal(nested(FEEDBACK_DEPTH_MAX))).code).toBe("bad_field"); // read on, and found wrong
    const deep = { code: "bad_request", message: "the body is nested too deep; an event is flat" };
    expect(await refusal(nested(FEEDBACK_DEPTH_MAX + 1))).toEqual(deep);
    expect(await refusal(nested(FEEDBACK_BODY_BYTES_MAX / 2))).toEqual(deep);
    expect(await refusal(`${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`)).toEqual(deep);
  });

  test("gains less on its way to the queue than the limits allow for", async () => {
    const app = "a".repeat(32);
    const uuid = "019a0000-0000-7000-8000-000000000001";
    const worst = context({
      resolve: async () => ({ ok: true, ref: { responseId: "r" }, app }),
      newEventId: () => uuid,
    });
    for (const event of [
      { id: { responseId: "r" }, kind: "metric", name: "n", value: "NUMBER" },
      { id: "r", kind: "regenerated" },
      { id: "r", kind: "comment", text: "€" },
    ]) {
      const body = `[${Array(FEEDBACK_EVENTS_MAX).fill(JSON.stringify(event).replace('"NUMBER"', "1e20")).join(",")}]`;
      const read = await readFeedback(body, worst);
      expect(read.ok).toBe(true);
      const grown = toBytes(JSON.stringify(read.ok && read.events)).length - toBytes(body).length;
      expect(grown / FEEDBACK_EVENTS_MAX).toBeLessThanOrEqual(FEEDBACK_EVENT_EXTRA_BYTES_MAX);
    }
  });

  test("never makes it throw, and gives whole events or one error, whatever the JSON", async () => {
    const field = fc.constantFrom("id", "kind", "value", "text", "name", "actor", "at", "__proto__", "constructor");
    const value = fc.oneof(
      fc.constantFrom<Json>("up", "down", "x", "", 0, 1, 0.5, true, false, null, "2026-11-20T00:00:00Z", "\ud800"),
      fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
    );
    const event = fc
      .tuple(fc.constantFrom(...SENT_KINDS, "other"), fc.dictionary(field, value))
      .map(([kind, fields]) => ({ id: "x", kind, ...fields }));
    const body = fc.oneof(event, fc.array(event, { maxLength: 3 }), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        const read = await readFeedback(JSON.stringify(sent), context());
        if (!read.ok) {
          expect(["bad_request", "bad_field"]).toContain(read.error.code);
          expect(read.error.message.length).toBeLessThan(400);
          return;
        }
        expect(read.events).toHaveLength(Array.isArray(sent) ? sent.length : 1);
        for (const { kind, atMs, value, text } of read.events) {
          expect(SENT_KINDS).toContain(kind);
          expect(atMs).toBeLessThanOrEqual(NOW_MS);
          if (value === null) expect(text).toBeNull();
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

function startingWith(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);
}

import { describe, expect, test } from "vitest";
import type { ExchangeId } from "../../shared/core/ids.ts";
import { standingFeedback } from "../../shared/feedback/standing.ts";
import { type Reviewed, reviewEvents, SAID, undoEvents } from "../../shared/review/review-events.ts";

const ID = "019a0000-0000-7000-8000-000000000001" as ExchangeId;
const REVIEWED: Reviewed = { app: "demo", id: ID, reviewer: "key k1", said: "up", text: "" };
const stampsAt = (nowMs: number) => {
  let made = 0;
  return { nowMs, newEventId: () => `event-${nowMs}-${made++}` };
};

/** As ingest would keep them. */
function standing(events: ReturnType<typeof reviewEvents>) {
  const said = events.map((event) => ({ ...event, exchangeId: ID, app: event.app ?? "" }));
  return standingFeedback(said, { app: "demo", user: "ada" }).map(({ kind, value, text, actor }) => ({
    ...{ kind, value, text, actor },
  }));
}

describe("a reviewer's word", () => {
  test.each([
    ["up", "up"],
    ["down", "down"],
  ] as const)("%s is one event of kind review, of its app, in the reviewer's name", (said, value) => {
    expect(reviewEvents({ ...REVIEWED, said }, stampsAt(5))).toEqual([
      {
        ...{ type: "feedback", version: 1, eventId: "event-5-0", ref: { id: ID }, app: "demo", kind: "review" },
        ...{ name: "", actor: "reviewer:key k1", value, text: null, atMs: 5, receivedAtMs: 5 },
      },
    ]);
  });

  test("edited is a correction in the same name, and a word against the answer as it was", () => {
    const events = reviewEvents({ ...REVIEWED, said: "edited", text: "Paris." }, stampsAt(5));
    expect(standing(events)).toEqual([
      { kind: "review", value: "down", text: null, actor: "reviewer:key k1" },
      { kind: "correction", value: true, text: "Paris.", actor: "reviewer:key k1" },
    ]);
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(2);
  });

  test.each(SAID)("%s leaves nothing when it is taken back", (said) => {
    const events = reviewEvents({ ...REVIEWED, said, text: "Paris." }, stampsAt(5));
    expect(standing([...events, ...undoEvents({ ...REVIEWED, said }, stampsAt(6))])).toEqual([]);
  });

  test("counts for its own app alone", () => {
    const events = reviewEvents({ ...REVIEWED, app: "other" }, stampsAt(5));
    expect(standing(events)).toEqual([]);
  });
});

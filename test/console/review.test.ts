/** The review queue with plain forms: who gets what, what a word does, and how it is taken back. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { makeKey, type Scope } from "../../shared/core/keys.ts";
import { REVIEW_LEASE_MS } from "../../shared/core/limits.ts";
import { eventually } from "../local/launch-stubs.ts";
import { nightOf } from "../night/nights.ts";
import { api, detailOf, idOf, SIGNER, signedIdOf } from "../whole-way/captures.ts";
import { DAY, launchSeeded, type Seeded } from "./seeded-winnow.ts";
import { type Visitor, visit } from "./visitor.ts";

let seeded: Seeded;
beforeAll(async () => {
  seeded = await launchSeeded();
});
afterAll(() => seeded?.winnow.stop());
/** As if everybody had let their items lie for long enough. */
afterEach(async () => {
  await (await seeded.winnow.db()).prepare("update review_items set until_ms = 0").run();
});

const REVIEWER: readonly Scope[] = ["pull", "feedback"];
let people = 0;
/** Each with a key, and so a session, of their own. */
async function reviewer(scopes = REVIEWER): Promise<Visitor & { name: string }> {
  const keyId = `reviewer${people++}`;
  const visitor = await visit(seeded.winnow, await makeKey({ app: "demo", keyId, scopes }, SIGNER));
  return { ...visitor, name: `reviewer:key ${keyId}` };
}

async function look(visitor: Visitor, query = ""): Promise<{ page: string; id: string }> {
  const answer = await visitor.get(`/console/review${query}`);
  expect(answer.status).toBe(200);
  const page = await answer.text();
  expect(new TextEncoder().encode(page).length).toBeLessThan(100_000);
  return { page, id: /action="\/console\/review\/([0-9a-f-]{36})"/.exec(page)?.[1] ?? "nothing waits" };
}

/** Sends the form and follows it. */
async function act(visitor: Visitor, id: string, fields: Record<string, string>) {
  const answer = await visitor.post(`/console/review/${id}`, fields);
  expect(answer.status).toBe(303);
  const to = answer.headers.get("location") ?? "";
  return { to, ...(await look(visitor, to.slice(to.indexOf("?")))) };
}

async function hand(visitor: Visitor): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let at = 0, { page, id } = await look(visitor); at < 20 && !ids.has(id); at++) {
    ids.add(id);
    const next = /href="\/console\/review(\?item=[0-9a-f-]{36})" data-key="j"/.exec(page)?.[1];
    if (next === undefined) break;
    ({ page, id } = await look(visitor, next));
  }
  return ids;
}

function reviewOf(id: string, kind = "review") {
  return eventually(`${kind} of ${id}`, async () => {
    const { feedback, verdict } = await detailOf(seeded.winnow, id);
    const piece = feedback.find((one) => one.kind === kind);
    return piece && { ...piece, pGood: verdict.pGood };
  });
}

describe("an item", () => {
  test("is one session's: of many who ask at once none gets another's", async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => reviewer()));
    const hands = await Promise.all(all.map(hand));
    const ids = hands.flatMap((own) => [...own]);
    expect(hands.every(({ size }) => size === 5)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("stays the same until something is said, and is no other session's of the same key", async () => {
    const key = await makeKey({ app: "demo", keyId: "shared", scopes: REVIEWER }, SIGNER);
    const one = await visit(seeded.winnow, key);
    const first = await look(one);
    expect((await look(one)).id).toBe(first.id);
    const two = await eventually("a session of its own", async () => {
      const visitor = await visit(seeded.winnow, key);
      return visitor.form === one.form ? undefined : visitor;
    });
    expect([...(await hand(two))].filter((id) => id === first.id)).toEqual([]);
    const refused = await act(two, first.id, { said: "up" });
    expect(refused.page).toContain("Somebody else has that one");
  });

  test("comes back to others when its time is over", async () => {
    const [one, two] = [await reviewer(), await reviewer()];
    const { id } = await look(one);
    const db = await seeded.winnow.db();
    await db
      .prepare("update review_items set until_ms = until_ms - ? where exchange_id = ?")
      .bind(REVIEW_LEASE_MS, id)
      .run();
    const { page } = await act(two, id, { said: "skipped" });
    expect(page).toContain("Skipped");
  });

  test("that was skipped is not offered to its reviewer again, and is free for others", async () => {
    const [one, two] = [await reviewer(), await reviewer()];
    const { id } = await look(one);
    await act(one, id, { said: "skipped" });
    expect((await hand(one)).has(id)).toBe(false);
    expect((await act(two, id, { said: "down" })).page).toContain("Said: not good.");
  });

  test("of another app, or one that is in no queue, takes no word", async () => {
    const other = await visit(seeded.winnow, await makeKey({ app: "other", keyId: "k", scopes: REVIEWER }, SIGNER));
    expect((await look(other)).page).toContain("Nothing waits for you");
    const { id } = await look(await reviewer());
    await other.post(`/console/review/${id}`, { said: "down" });
    const known = idOf(seeded.mail[1] ?? { name: "", atMs: 0 });
    const db = await seeded.winnow.db();
    await db.prepare("delete from review_items where exchange_id = ?").bind(known).run();
    await (await reviewer()).post(`/console/review/${known}`, { said: "down" });
    const said = "select count(*) as total from review_items where app = 'other' or exchange_id = ?";
    expect(await db.prepare(said).bind(known).first()).toEqual({ total: 0 });
  });
});

describe("a word", () => {
  test("becomes feedback of kind review in the reviewer's name, and moves the verdict", async () => {
    const one = await reviewer();
    const { id } = await look(one);
    const { page, id: after } = await act(one, id, { said: "down" });
    expect(after).not.toBe(id);
    expect(page).toContain("Said: not good.");
    const review = await reviewOf(id);
    expect(review).toMatchObject({ value: "down", actor: one.name });
    expect(review.pGood).toBeLessThan(0.15);
    const up = await look(one);
    await act(one, up.id, { said: "up" });
    expect((await reviewOf(up.id)).pGood).toBeGreaterThan(0.7);
  });

  test("that mends the answer becomes a correction, to the letter", async () => {
    const one = await reviewer();
    const { id } = await look(one);
    const text = "\n  Dear Ms Smith,\n\n\tyour parcel is <b>here</b> & well.\n";
    const { page } = await act(one, id, { said: "edited", text: text.replaceAll("\n", "\r\n") });
    expect(page).toContain("Your correction is on its way.");
    expect(await reviewOf(id, "correction")).toMatchObject({ text, actor: one.name });
    expect(await reviewOf(id)).toMatchObject({ value: "down", actor: one.name });
  });

  test("is refused where it says nothing: no text, the same text, no known word", async () => {
    const one = await reviewer();
    const { id, page } = await look(one);
    const answer = /<textarea[^>]*>\n([\s\S]*?)<\/textarea>/.exec(page)?.[1] ?? "";
    const plain = answer
      .replaceAll("&quot;", '"')
      .replaceAll("&#39;", "'")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">");
    expect(plain).not.toBe("");
    expect((await act(one, id, { said: "edited", text: " \r\n" })).page).toContain("A correction has some text");
    const same = await act(one, id, { said: "edited", text: plain.replaceAll("&amp;", "&") });
    expect(same.page).toContain("The text is the answer as it was");
    expect(same.id).toBe(id);
    expect((await act(one, id, { said: "maybe" })).page).toContain("There was nothing to do");
    expect((await detailOf(seeded.winnow, id)).feedback.filter(({ kind }) => kind === "review")).toEqual([]);
  });

  test("is taken back by undo, with its correction, and the item is there again", async () => {
    const one = await reviewer();
    const { id } = await look(one);
    await act(one, id, { said: "edited", text: "Better." });
    await reviewOf(id, "correction");
    const undone = await one.post("/console/review/undo", { id });
    const to = undone.headers.get("location") ?? "";
    expect((await look(one, to.slice(to.indexOf("?")))).id).toBe(id);
    await eventually("nothing of it", async () => {
      const { feedback } = await detailOf(seeded.winnow, id);
      return feedback.some(({ actor }) => actor === one.name) ? undefined : feedback;
    });
    await act(one, id, { said: "up" });
    expect(await reviewOf(id)).toMatchObject({ value: "up" });
  });

  test("of somebody else is not taken back", async () => {
    const [one, two] = [await reviewer(), await reviewer()];
    const { id } = await look(one);
    await act(one, id, { said: "up" });
    await two.post("/console/review/undo", { id });
    await reviewOf(id);
    const db = await seeded.winnow.db();
    const row = await db.prepare("select said from review_items where exchange_id = ?").bind(id).first();
    expect(row).toEqual({ said: "up" });
  });

  test("takes the item out of the queue for good, though the queue is made anew", async () => {
    const one = await reviewer();
    const { id } = await look(one);
    await act(one, id, { said: "up" });
    await reviewOf(id);
    const db = await seeded.winnow.db();
    await db.prepare("delete from review_queues").run();
    await db.prepare("delete from review_items where exchange_id = ?").bind(id).run();
    await look(await reviewer());
    const row = await db.prepare("select exchange_id from review_items where exchange_id = ?").bind(id).first();
    expect(row).toBeNull();
  });

  test("counts as progress, today's and by lot", async () => {
    const one = await reviewer();
    const db = await seeded.winnow.db();
    const audit = await db
      .prepare("select exchange_id as id from review_items where reason = 'audit' and said is null and until_ms = 0")
      .first<{ id: string }>();
    const { page } = await act(one, audit?.id ?? "", { said: "up" });
    expect(page).toMatch(/Yours today<\/dt><dd>1</);
    expect(page).toMatch(/By lot, good<\/dt><dd>\d+%<small>95%: \d/);
  });
});

describe("the queue", () => {
  test("has the rows of a held batch, and the next night hears what was said of them", async () => {
    const db = await seeded.winnow.db();
    await db.prepare("update batches set status = 'held' where task = 'mail'").run();
    await db.prepare("delete from review_queues").run();
    const one = await reviewer();
    await look(one);
    const held = await db
      .prepare("select exchange_id as id from review_items where reason = 'held' and until_ms = 0 and said is null")
      .first<{ id: string }>();
    const id = held?.id ?? "none is held";
    expect((await look(one, `?item=${id}`)).page).toContain("Review");
    await act(one, id, { said: "down" });
    await reviewOf(id);
    const { id: run } = await nightOf(seeded.winnow, { task: "mail", dayMs: DAY });
    const detail = await detailOf(seeded.winnow, id);
    const entry = detail.trail.find((one) => one.run === run) as unknown as {
      pGood: number;
      grounds: { kind: string }[];
    };
    expect(entry.grounds.map(({ kind }) => kind)).toContain("review");
    expect(entry.pGood).toBeLessThan(0.3);
  });
});

describe("who may not", () => {
  test("a viewer sees no queue, and says nothing", async () => {
    const viewer = await reviewer(["pull"]);
    expect((await viewer.get("/console/review")).status).toBe(403);
    expect(
      (await viewer.post(`/console/review/${idOf(seeded.mail[0] ?? { name: "", atMs: 0 })}`, { said: "up" })).status,
    ).toBe(403);
  });

  test("a form from elsewhere says nothing", async () => {
    const one = await reviewer();
    const { id } = await look(one);
    expect((await one.post(`/console/review/${id}`, { said: "up", form: "" })).status).toBe(403);
    expect((await one.post("/console/review/undo", { id }, { origin: "https://evil.example" })).status).toBe(403);
  });

  test.each([
    ["a review", { kind: "review", value: "up" }, 'kind is \\"review\\"'],
    ["a correction in a reviewer's name", { kind: "correction", text: "x", actor: "reviewer:key k1" }, "reviewer:"],
  ])("nobody sends %s over the API, with a key or without", async (_what, event, why) => {
    const id = await signedIdOf(seeded.mail[0] ?? { name: "", atMs: 0 });
    const body = JSON.stringify({ id, ...event });
    const plain = await fetch(`${seeded.winnow.url}/v1/feedback`, { method: "POST", body });
    const keyed = await api(seeded.winnow, "/v1/feedback", { method: "POST", body });
    for (const answer of [plain, keyed]) {
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain(why);
    }
  });
});

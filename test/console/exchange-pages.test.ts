/** The list of exchanges and the page of one, as they are sent. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { live } from "../night/nights.ts";
import { KEY } from "../whole-way/captures.ts";
import { idOf, launchSeeded, MAIL_CALLS, type Seeded } from "./seeded-winnow.ts";
import { type Visitor, visit } from "./visitor.ts";

/** What a page may have. */
const PAGE_BYTES_MAX = 100_000;
let seeded: Seeded;
let visitor: Visitor;
beforeAll(async () => {
  seeded = await launchSeeded();
  visitor = await visit(seeded.winnow, KEY);
});
afterAll(() => seeded?.winnow.stop());

async function page(path: string): Promise<string> {
  const answer = await visitor.get(path);
  const text = await answer.text();
  expect([path, answer.status]).toEqual([path, 200]);
  expect(new TextEncoder().encode(text).length, `${path} in bytes`).toBeLessThan(PAGE_BYTES_MAX);
  return text;
}

/** Ids in the order of the list. */
function idsIn(text: string): string[] {
  return [...text.matchAll(/href="\/console\/exchanges\/([0-9a-f-]{36})"/g)].map(([, id = ""]) => id);
}

function nextIn(text: string): string | undefined {
  return /rel="next" href="([^"]+)"/.exec(text)?.[1]?.replaceAll("&amp;", "&");
}

describe("the list", () => {
  test("goes on through its pages to the oldest, newest first, and repeats none", async () => {
    const seen: string[] = [];
    for (let path: string | undefined = "/console/exchanges"; path !== undefined; ) {
      const text = await page(path);
      seen.push(...idsIn(text));
      path = nextIn(text);
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(seen.toSorted().reverse());
    expect(seen).toHaveLength(MAIL_CALLS + 1 + seeded.hostile.length);
  });

  test("shows what was asked, and goes on from a full page with the same filters", async () => {
    const first = await page("/console/exchanges?task=mail");
    expect(idsIn(first)).toHaveLength(50);
    expect(first).toContain("Write mail 47 about a **late parcel**");
    const next = nextIn(first) ?? "";
    expect(next).toMatch(/^\/console\/exchanges\?task=mail&after=/);
    expect(idsIn(await page(next))).toHaveLength(MAIL_CALLS + 1 - 50);
  });

  test.each([
    ["verdict=corrected", ({ said = [] }) => said.some(({ kind }) => kind === "correction")],
    ["verdict=bad", ({ said = [] }) => said.length === 1 && said[0]?.value === "down"],
    ["verdict=none", ({ said = [] }) => said.length === 0],
    ["feedback=copied", ({ said = [] }) => said.some(({ kind }) => kind === "copied")],
    ["feedback=any", ({ said = [] }) => said.length > 0],
    ["user=user-3", ({ header }) => header?.user === "user-3"],
    ["text=MAIL+41+about", ({ question = "" }) => question.includes("mail 41 about")],
    ["text=221732", ({ answer = "" }) => answer?.includes("221732") ?? false],
    ["model=gpt-4o-mini", () => true],
    ["model=another", () => false],
  ] as [string, (call: Seeded["mail"][number]) => boolean][])("by %s holds those alone", async (filter, fits) => {
    const to = new Date(seeded.hostile[0]?.atMs ?? 0).toISOString().slice(0, 16);
    const text = await page(`/console/exchanges?task=mail&until=${to}&${filter}`);
    expect(idsIn(text).toSorted()).toEqual(seeded.mail.filter(fits).map(idOf).slice(-50).toSorted());
    expect(text).toMatch(/of \d+ looked at, from \d{4}-/);
  });

  test("says which filter it cannot read", async () => {
    const text = await page("/console/exchanges?since=yesterday&verdict=superb&text=nowhere");
    expect(text).toContain("since: yesterday is not a time");
    expect(text).toContain("verdict: superb is none");
  });

  test("of a time with nothing says so", async () => {
    expect(await page("/console/exchanges?until=2020-01-01T00:00")).toContain("Nothing here");
  });
});

describe("an exchange", () => {
  test("is shown with its conversation, what was said, the evidence, and what the night did with it", async () => {
    const [call] = seeded.mail.filter(({ said }) => said?.some(({ kind }) => kind === "correction"));
    const text = await page(`/console/exchanges/${call && idOf(call)}`);
    expect(text).toContain("<strong>late parcel</strong>");
    expect(text).toContain("<li>polite</li>");
    expect(text).toContain("Dear Ms Smith, your parcel arrives on Tuesday.");
    expect(text).toMatch(/<rect class="fill bad"/);
    expect(text).toMatch(/exported[\s\S]*\/console\/batches\/[\w-]+"/);
    expect(text).toMatch(/curl &#39;http:\/\/127\.0\.0\.1:\d+\/openai\/v1\/chat\/completions&#39;/);
    expect(text).not.toContain(KEY);
  });

  test("that is none is not found, and neither is one of another app", async () => {
    for (const id of ["x", "019e0000-0000-7000-8000-000000000000"]) {
      expect((await visitor.get(`/console/exchanges/${id}`)).status).toBe(404);
    }
  });

  test("of hostile text is a page like any other", async () => {
    for (const call of seeded.hostile) {
      const text = await page(`/console/exchanges/${idOf(call)}`);
      expect(text).not.toMatch(/<script(?! src="\/console)/);
      expect(text).not.toMatch(
        /<(img|iframe|object|embed|video|audio|style|base|math|details open|a href="javascript)/,
      );
    }
  });

  test.each([
    ["quotes", '"'],
    ["marks", "**a** `b`\n\n- c\n"],
    ["lines", "\n"],
    ["letters of three bytes", "ท"],
    ["markup", "<b>&</b>"],
  ])("of a great many %s fits a page, and says that it is cut", async (name, bit) => {
    const text = bit.repeat(10_000).slice(0, 10_000); // what a queue's message holds, a few times over
    const parts = Array.from({ length: 60 }, () => ({ type: "text", text: text.slice(0, 80) }));
    const called = { name: text.slice(0, 60), arguments: text.slice(0, 60) };
    const calls = Array.from({ length: 30 }, () => ({ type: "function", function: called }));
    const messages = [
      { role: "user", content: text },
      { role: "user", content: parts },
    ];
    const message = { role: "assistant", content: text, tool_calls: calls };
    const wanted = {
      name: `great ${name}`,
      atMs: Date.now() - 1_000,
      request: JSON.stringify({ model: text.slice(0, 500), messages }),
      response: JSON.stringify({ model: text.slice(0, 500), choices: [{ index: 0, message, finish_reason: "stop" }] }),
    };
    await live(seeded.winnow, [{ ...wanted, said: [{ kind: "correction", text: `so${text.slice(0, 2_000)}` }] }]);
    expect(await page(`/console/exchanges/${idOf(wanted)}`)).toContain("longer than a page shows");
    await page("/console/exchanges");
    await page("/console");
  });
});

/** The page of readiness says what the API says, and takes the user's assumptions. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LOCAL_CLAIMS, makeKey } from "../../shared/core/keys.ts";
import { ASSUMPTIONS } from "../../shared/readiness/assumptions.ts";
import type { Readiness } from "../../shared/readiness/readiness.ts";
import { api, SIGNER } from "../whole-way/captures.ts";
import { HOSTILE_TEXTS } from "./hostile-texts.ts";
import { launchSeeded, type Seeded } from "./seeded-winnow.ts";
import { type Visitor, visit } from "./visitor.ts";

let seeded: Seeded;
let viewer: Visitor;
beforeAll(async () => {
  seeded = await launchSeeded();
  viewer = await visit(seeded.winnow, await makeKey({ ...LOCAL_CLAIMS, scopes: ["pull"] }, SIGNER));
});
afterAll(() => seeded?.winnow.stop());

async function page(query: Record<string, string>): Promise<{ status: number; text: string }> {
  const answer = await viewer.get(`/console/readiness?${new URLSearchParams(query)}`);
  const text = await answer.text();
  expect(new TextEncoder().encode(text).length).toBeLessThan(100_000);
  return { status: answer.status, text: plain(text) };
}

/** As it is read: no marks, and their escapes undone. */
function plain(html: string): string {
  const marks = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&amp;": "&" };
  return html.replace(/<[^>]*>/g, " ").replace(/&(lt|gt|quot|#39|amp);/g, (mark) => marks[mark as keyof typeof marks]);
}

async function asked(query: Record<string, string>): Promise<Readiness> {
  const answer = await api(seeded.winnow, `/v1/tasks/mail/readiness?${new URLSearchParams(query)}`);
  return (await answer.json()) as Readiness;
}

describe("the page of readiness", () => {
  test("lists the tasks there are, and leads to each", async () => {
    const answer = await (await viewer.get("/console/readiness")).text();
    expect(answer).toContain('href="/console/readiness?task=mail"');
    expect(answer).toMatch(/<bdi>mail<\/bdi>[\s\S]{0,60}<td class="num">61</);
  });

  test("has the recommendation, every answer with why, every condition and caution, as the API has them", async () => {
    const { text } = await page({ task: "mail" });
    const { recommendation, ranking, conditions, cautions } = await asked({});
    const said = [recommendation.because, ...recommendation.reasons, ...cautions];
    for (const one of [...said, ...ranking.flatMap(({ why }) => why), ...conditions.map(({ about }) => about)]) {
      expect(text).toContain(one.slice(0, 200));
    }
  });

  test("computes with the user's assumptions, and keeps them in its fields", async () => {
    const given = { daysMin: "1", callsMin: "10", labelsMin: "10", severalVoicesMin: "5", days: "7" };
    const before = await asked({});
    const after = await asked(given);
    expect(after.recommendation.because).not.toBe(before.recommendation.because);
    expect((await page({ task: "mail", ...given })).text).toContain(after.recommendation.because);
    const html = await (
      await viewer.get(`/console/readiness?${new URLSearchParams({ task: "mail", ...given })}`)
    ).text();
    for (const [name, value] of Object.entries(given)) expect(html).toContain(`name="${name}" value="${value}"`);
  });

  test("offers every assumption once, with its reason", async () => {
    const html = await (await viewer.get("/console/readiness?task=mail")).text();
    for (const [name, { why }] of Object.entries(ASSUMPTIONS)) {
      expect(html.split(`name="${name}"`)).toHaveLength(2);
      expect(plain(html)).toContain(why);
    }
  });

  test("sends what was left empty as nothing", async () => {
    const { status, text } = await page({ task: "mail", curationHours: "", days: " ", epochs: "" });
    expect(status).toBe(200);
    expect(text).toContain((await asked({})).recommendation.because);
  });

  test.each([
    ["curationHours", "many"],
    ["cachedShare", "1.5"],
    ["days", "0"],
  ])("names the field and the value where %s is %s, and keeps the form", async (field, value) => {
    const { status, text } = await page({ task: "mail", [field]: value });
    expect(status).toBe(400);
    expect(text).toContain(`${field}: "${value}" is not`);
    expect(text).toContain("Your assumptions");
  });

  test("says so where a task is not there, or hostile", async () => {
    for (const task of ["none such", ...HOSTILE_TEXTS.slice(0, 6).map((text) => `${text} none`)]) {
      const { status, text } = await page({ task });
      expect(status).toBe(404);
      expect(text).toContain("no answered call of task");
    }
  });
});

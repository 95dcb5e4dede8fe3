/** GET /v1/tasks/{task}/readiness through the real Workers: from captures and feedback to the answer. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Readiness } from "../../shared/readiness/readiness.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { DAY_MS, DOWN, dayBefore, live, type Said, type Told, UP } from "../night/nights.ts";
import { keyWith } from "../pull/pulled-winnow.ts";
import { api, SECRET } from "../whole-way/captures.ts";

const TASK = "mail/inbound";
const PATH = `/v1/tasks/${encodeURIComponent(TASK)}/readiness`;
const FIRST_MS = dayBefore(20);
const LATER_MS = dayBefore(10);

/** One call of the task; what it is made of lies in the request's body, as an app sends it. */
function callOf(options: Partial<Told> & { name: string; atMs: number; system?: string; model?: string }): Told {
  const {
    system = "Answer mails.",
    model = "gpt-4o-mini",
    question = "Where is my parcel?",
    answer,
    ...more
  } = options;
  const messages = [
    { role: "system", content: system },
    { role: "user", content: question },
  ];
  const message = { role: "assistant", content: answer ?? "It is on its way." };
  const usage = {
    prompt_tokens: 1_000,
    completion_tokens: 100,
    total_tokens: 1_100,
    prompt_tokens_details: { cached_tokens: 400 },
  };
  const finish_reason = more.finishReason ?? "stop";
  return {
    ...more,
    header: { task: TASK, ...more.header },
    request: JSON.stringify({ model, messages }),
    response: JSON.stringify({
      id: more.name,
      object: "chat.completion",
      created: 1,
      model,
      usage,
      choices: [{ index: 0, message, finish_reason }],
    }),
  };
}

function callsOf(
  count: number,
  make: (at: number) => Partial<Told> & { name: string; atMs: number; system?: string; model?: string },
): Told[] {
  return Array.from({ length: count }, (_, at) => callOf(make(at)));
}

const corrected: Said = { kind: "correction", text: "It lies at our depot in Bradford, shelf 4711." };
const mended: Said = { kind: "correction", text: "It is on its way, and we are sorry." };

const CALLS: Told[] = [
  // an older version of the prompt, a call a day
  ...callsOf(10, (at) => ({ name: `old ${at}`, atMs: FIRST_MS + at * DAY_MS, system: "Reply.", said: [UP] })),
  ...callsOf(12, (at) => ({ name: `good ${at}`, atMs: LATER_MS + at * 1_000, said: [UP] })),
  ...callsOf(10, (at) => ({
    name: `fix ${at}`,
    atMs: LATER_MS + DAY_MS + at * 1_000,
    question: "I want a refund.",
    said: [at < 8 ? corrected : mended],
  })),
  ...callsOf(6, (at) => ({
    name: `bad ${at}`,
    atMs: LATER_MS + 5 * DAY_MS + at * 1_000,
    question: "A refund, please",
    said: [DOWN],
  })),
  ...callsOf(2, (at) => ({
    name: `split ${at}`,
    atMs: LATER_MS + 5 * DAY_MS + at,
    said: [
      { ...UP, actor: "ann" },
      { ...DOWN, actor: "bob" },
    ],
  })),
  ...callsOf(4, (at) => ({
    name: `silent ${at}`,
    atMs: LATER_MS + 6 * DAY_MS + at,
    finishReason: "length",
    model: "gpt-4o",
  })),
  ...callsOf(1, () => ({ name: "undone", atMs: LATER_MS, said: [{ ...UP, value: null }] })),
  // what does not belong to it
  ...callsOf(3, (at) => ({ name: `else ${at}`, atMs: LATER_MS + at, header: { task: "mail" }, said: [DOWN] })),
  ...callsOf(3, (at) => ({ name: `their ${at}`, atMs: LATER_MS + at, header: { app: "other" }, said: [DOWN] })),
  ...callsOf(1, () => ({
    name: "failed",
    atMs: LATER_MS,
    header: { status: 500, outcome: "upstream_error" as const },
  })),
  ...callsOf(1, () => ({ name: "long ago", atMs: dayBefore(60), said: [DOWN] })),
];
const COUNTED = 10 + 12 + 10 + 6 + 2 + 4 + 1;

let winnow: Winnow;
beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  await live(winnow, CALLS);
});
afterAll(() => winnow?.stop());

async function readiness(query = ""): Promise<Readiness> {
  const response = await api(winnow, PATH + query);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as Readiness;
}

test("measures the task's own answered calls of the days asked for, and what stands about them", async () => {
  const { facts } = await readiness();
  expect(facts).toMatchObject({
    app: "demo",
    task: TASK,
    readShare: 1,
    labelsCut: false,
    calls: COUNTED,
    cutAnswers: 4,
    templateCount: 2,
  });
  expect(facts.daysSeen).toBeGreaterThan(19);
  expect(facts.byDay.reduce((sum, { calls }) => sum + calls, 0)).toBe(COUNTED);
  expect(facts.byDay.map(({ dayMs }) => dayMs)).toEqual(
    facts.byDay.map(({ dayMs }) => dayMs).toSorted((a, b) => a - b),
  );
  expect(facts.labels).toEqual({
    ...{ labelled: 40, good: 22, bad: 6, corrected: 10, conflicting: 2 },
    ...{ thumbsUp: 22, thumbsDown: 6, pairs: 10, severalVoices: 2, disagreeing: 2 },
  });
  expect(facts.recent.calls).toBe(6 + 2 + 4);
  expect(facts.recent.labels).toMatchObject({ labelled: 8, bad: 6, conflicting: 2 });
});

test("tells versions of the prompt apart, models, and what a call is made of", async () => {
  const { facts } = await readiness();
  const [current, old] = facts.templates;
  expect(current).toMatchObject({
    calls: COUNTED - 10,
    recentCalls: 12,
    firstSeenMs: LATER_MS,
    labels: { good: 12, rows: 28 },
  });
  expect(old).toMatchObject({ calls: 10, recentCalls: 0, firstSeenMs: FIRST_MS, lastSeenMs: FIRST_MS + 9 * DAY_MS });
  expect(old?.labels).toEqual({ good: 10, rows: 10 });
  expect(facts.models.map(({ model, calls }) => [model, calls])).toEqual([
    ["gpt-4o-mini", COUNTED - 4],
    ["gpt-4o", 4],
  ]);
  expect(facts.tokens).toEqual({ input: 1_000, cachedInput: 400, output: 100 });
  const { prices, pricedCalls } = facts.cost;
  const mini = facts.models[0]?.costUsdMicrosPerCall ?? 0;
  expect(pricedCalls).toBe(COUNTED);
  if (prices === null) throw new Error("the list knows the model");
  expect(600 * prices.input + 400 * prices.cachedInput + 100 * prices.output).toBeCloseTo(mini, 6); // as it was billed
});

test("reads the words of failures and corrections from the segments", async () => {
  const { facts } = await readiness();
  expect(facts.failures).toMatchObject({
    read: 16,
    clusters: [{ key: "refund", failures: 16, goodRate: 0, templates: 1 }],
  });
  expect(facts.corrections).toEqual({ read: 10, addingFacts: 8 });
});

test("answers with a recommendation that follows the assumptions, and says them", async () => {
  const plain = await readiness();
  expect(plain).toMatchObject({ schema: "winnow.readiness.1", recommendation: { answer: "not_yet" } });
  const calls = plain.conditions.find(({ name }) => name === "calls");
  expect(calls).toMatchObject({
    value: COUNTED,
    needed: 200,
    met: false,
    daysAtTodaysRate: Math.ceil((200 - COUNTED) / (12 / 7)),
  });

  const enough = "?callsMin=40&labelsMin=30&cutShareMin=0.5&versionGapMin=0.9&concentratedShareMin=1";
  const retrieval = await readiness(`${enough}&correctionsReadMin=10`);
  expect(retrieval.recommendation.answer).toBe("add_retrieval");
  expect(retrieval.assumptions).toMatchObject({ callsMin: 40, correctionsReadMin: 10 });
  const trained = await readiness(`${enough}&sftCorrectionsMin=10`);
  expect(trained.recommendation.answer).toBe("sft");
  const plainAgain = await readiness(`?callsMin=40`);
  expect(plainAgain.recommendation.answer).toBe("fix_prompt"); // the newer version is worse
});

test("looks no further back than it is asked to", async () => {
  const { facts } = await readiness("?days=8");
  expect(facts.calls).toBe(6 + 2 + 4);
  expect(facts.daysSeen).toBeLessThan(8);
});

test("reads a part of each hour of a busy winnow, and scales what it counts up to the whole", async () => {
  const db = await winnow.db();
  const [rows, stepMs] = [24_000, 36_000]; // ten days, a hundred an hour
  const insert = `with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ?1)
    insert into exchanges (id, app, task, template, provider, format, model, capture, status, outcome, streamed,
      input_tokens, cached_input_tokens, output_tokens, usage_estimated, cost_usd_micros, first_byte_ms, duration_ms,
      flags, segment, segment_offset, segment_length)
    select substr(hex, 1, 8) || '-' || substr(hex, 9) || '-7000-8000-' || printf('%012x', i), 'demo', 'busy',
      case when i % 4 = 0 then 'a' else 'b' end, 'openai', 'openai', 'gpt-4o-mini', 'full', 200, 'complete', 0,
      100 + i % 2, 0, 10, 0, 20, 1, 2, '', 'segment', 0, 1
    from (select i, printf('%012x', ?2 + i * ?3) as hex from n)`;
  await db.prepare(insert).bind(rows, LATER_MS, stepMs).run();
  const spend = `insert into spending (day, app, calls, input_tokens, output_tokens, cost_usd_micros)
    values (?, 'elsewhere', ?, 0, 0, 0)`;
  const day = new Date(LATER_MS).toISOString().slice(0, 10);
  await db.prepare(spend).bind(day, 1_000_000).run();
  try {
    const response = await api(winnow, "/v1/tasks/busy/readiness");
    const { facts, cautions } = (await response.json()) as Readiness;
    expect(facts.readShare).toBeGreaterThan(0.09);
    expect(facts.readShare).toBeLessThan(0.1);
    expect(Math.abs(facts.calls / rows - 1)).toBeLessThan(0.1);
    expect(facts.daysSeen).toBeGreaterThan(9.9);
    expect(Math.abs((facts.templates[0]?.calls ?? 0) / facts.calls - 0.75)).toBeLessThan(0.05);
    expect(facts.byDay.length).toBeGreaterThanOrEqual(10);
    expect(facts.tokens?.input).toBeCloseTo(100.5, 0);
    expect(cautions.join()).toContain("of each hour's calls");
  } finally {
    await db.prepare("delete from spending where app = 'elsewhere'").run();
  }
});

test("names the most used of the models that callers make up, and counts the calls of all", async () => {
  const insert = `with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < 300)
    insert into exchanges (id, app, task, template, provider, format, model, capture, status, outcome, streamed,
      input_tokens, cached_input_tokens, output_tokens, usage_estimated, cost_usd_micros, first_byte_ms, duration_ms,
      flags, segment, segment_offset, segment_length)
    select substr(hex, 1, 8) || '-' || substr(hex, 9) || '-7000-9000-' || printf('%012x', i), 'demo', 'many',
      'a', 'openai', 'openai', case when i < 60 then 'used' else 'made-up-' || i end, 'full', 200, 'complete', 0,
      case when i < 60 then 10 else 20 end, 0, 10, 0, 20, 1, 2, '', 'segment', 0, 1
    from (select i, printf('%012x', ?1 + i * 1000) as hex from n)`;
  await (await winnow.db()).prepare(insert).bind(LATER_MS).run();
  const { facts } = (await (await api(winnow, "/v1/tasks/many/readiness")).json()) as Readiness;
  expect(facts.models[0]).toMatchObject({ provider: "openai", model: "used", calls: 60 });
  expect(facts.models).toHaveLength(20);
  expect(facts.calls).toBe(300);
  expect(facts.tokens?.input).toBe(18);
});

test("refuses what it cannot read by its name, and tells a task it does not know", async () => {
  const refusals: [string, number, string][] = [
    [`${PATH}?days=0`, 400, 'days: "0" is not'],
    [`${PATH}?days=91`, 400, 'days: "91" is not'],
    [`${PATH}?callsMin=few`, 400, 'callsMin: "few" is not a whole number'],
    [`${PATH}?cals=1`, 400, "cals: is no assumption"],
    [`${PATH}?app=other`, 403, "app is other"],
    ["/v1/tasks/nothing/readiness", 404, "no answered call of task nothing"],
  ];
  for (const [path, status, message] of refusals) {
    const response = await api(winnow, path);
    expect([path, response.status]).toEqual([path, status]);
    const { error } = (await response.json()) as { error: { message: string } };
    expect(error.message).toContain(message);
  }
});

test("is for keys that may pull or administer", async () => {
  expect((await api(winnow, PATH, { key: await keyWith("pull") })).status).toBe(200);
  expect((await api(winnow, PATH, { key: await keyWith("proxy", "feedback") })).status).toBe(403);
});

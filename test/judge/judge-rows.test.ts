/** The judge of a night, against stand-ins that behave and that don't. */
import { describe, expect, test } from "vitest";
import { readProviders } from "../../shared/core/providers.ts";
import { FAILURES_MAX, QUESTIONS_MAX, TRIES_MAX, UNREADABLE_MAX } from "../../workers/curator/judge/bounds.ts";
import { judgeEndpoint } from "../../workers/curator/judge/judge-endpoint.ts";
import { judgeRows } from "../../workers/curator/judge/judge-rows.ts";
import { seeded } from "../unit/seeded.ts";
import { ATTACKS, says } from "./attacks.ts";
import { type Behaviour, judgeStandin, listen } from "./judge-standin.ts";
import { AT_MS, endpointAt, FORMATS, memoryCache, optionsFor, pair, row } from "./judged-night.ts";

describe.each(FORMATS)("a judge that speaks the API of %s, over HTTP", (format) => {
  async function judged(behaviours: readonly Behaviour[], { timeoutMs = 30_000 } = {}) {
    const standin = judgeStandin({ behaviours });
    const server = await listen(standin);
    try {
      const rows = [row("1", { quality: 5 }), row("2", { quality: 1 })];
      const outside = { fetch: fetchArriving, wait: async () => undefined, timeoutMs };
      const options = optionsFor(standin, { found: endpointAt(server.baseUrl, { format }), outside });
      return { standin, result: await judgeRows({ rows, pairs: [pair("p")], options }) };
    } finally {
      await server.close();
    }
  }

  test("gives scores and preferences, and pays what was billed", async () => {
    const { standin, result } = await judged(["honest"]);
    expect([...result.scores].map(([id, { score }]) => [id, score])).toEqual([
      ["1", 1],
      ["2", 0],
    ]);
    expect(result.preferences.get("p")).toMatchObject({ preferred: "first", consistent: true });
    expect(result.report).toMatchObject({ calls: 4, cached: 0, stopped: null, leftOut: {}, unsureUsdMicros: 0 });
    expect(result.report.spentUsdMicros).toBe(standin.billedMicros);
  });

  test("is asked with its key in its place, and never told to follow", async () => {
    const { standin } = await judged(["honest"]);
    const name = { openai: "authorization", anthropic: "x-api-key", google: "x-goog-api-key" }[format];
    for (const { headers, path } of standin.calls) {
      expect(headers.get(name)).toBe(format === "openai" ? "Bearer sk-of-the-desk" : "sk-of-the-desk");
      expect(path).not.toContain("sk-of");
    }
  });

  test.each([
    ["prose", "reply_no_object", 0],
    ["empty", "reply_no_object", 0],
    ["html", "reply_no_object", 3],
    ["huge", "answer_too_long", 3],
    ["never-ends", "timed_out", 3],
    ["cut", "answer_cut", 3],
    ["bad-gateway", "unreachable", 3],
    ["refusing", "refused", 0],
    ["redirecting", "refused", 0],
    ["rate-limited", "overloaded", 0],
  ] as const)("that answers with %s gives no verdict: %s", async (behaviour, because, unsure) => {
    const { standin, result } = await judged([behaviour], { timeoutMs: behaviour === "never-ends" ? 150 : 30_000 });
    expect(result.scores.size + result.preferences.size).toBe(0);
    expect(result.report.leftOut).toEqual({ [because]: 3 });
    expect(result.report.spentUsdMicros).toBeGreaterThanOrEqual(standin.billedMicros);
    expect(result.report.unsureUsdMicros > 0).toBe(unsure > 0);
    expect(standin.calls.length).toBe(behaviour === "rate-limited" ? 4 * TRIES_MAX : 4);
  });
});

/** The signal ends the reading of an answer alone: on a busy machine a short time-out would go by before the call is there. */
async function fetchArriving(address: string, init: RequestInit): Promise<Response> {
  const { signal, ...rest } = init;
  const { body, status, headers } = await fetch(address, rest);
  const readable = body?.pipeThrough(new TransformStream(), signal ? { signal } : {});
  return new Response(readable ?? null, { status, headers });
}

describe("a judge", () => {
  test("is asked again where it did no work, and no more than that", async () => {
    const standin = judgeStandin({ behaviours: ["rate-limited", "rate-limited", "honest"] });
    const waits: number[] = [];
    const options = optionsFor(standin);
    const outside = { ...options.outside, wait: async (ms: number) => void waits.push(ms) };
    const { scores, report } = await judgeRows({ rows: [row("1")], pairs: [], options: { ...options, outside } });
    expect(scores.get("1")?.score).toBe(0.5);
    expect(report.calls).toBe(3);
    expect(waits).toEqual([1_000, 1_000]);
    expect(report.spentUsdMicros).toBe(standin.billedMicros);
  });

  test("that forgets to tell usage is paid at its worst", async () => {
    const standin = judgeStandin({ behaviours: ["no-usage"], bytesPerToken: 1 });
    const { scores, report } = await judgeRows({ rows: [row("1")], pairs: [], options: optionsFor(standin) });
    expect(scores.size).toBe(1);
    expect(report.unsureUsdMicros).toBe(report.spentUsdMicros);
    expect(report.spentUsdMicros).toBeGreaterThan(standin.billedMicros);
  });

  test("that likes a place has no preference", async () => {
    const standin = judgeStandin({ behaviours: ["first-place"] });
    const pairs = Array.from({ length: 10 }, (_, at) => pair(String(at)));
    const { preferences, report } = await judgeRows({ rows: [], pairs, options: optionsFor(standin) });
    expect([...preferences.values()].every(({ preferred }) => preferred === "tie")).toBe(true);
    expect(report.standing.swap).toEqual({ n: 10, consistent: 0, placeAWon: 10, placeBWon: 0 });
  });

  test("that likes length is told by its slope, and an honest one is not", async () => {
    const next = seeded(7);
    const pairs = Array.from({ length: 60 }, (_, at) => {
      const [firstText, secondText] = [next(), next()].map((one) => "word ".repeat(Math.ceil(one * 100)));
      const [first, second] = next() < 0.5 ? [4, 2] : [2, 4];
      return pair(String(at), { first, second, ...(firstText && { firstText }), ...(secondText && { secondText }) });
    });
    const slopeOf = async (behaviour: Behaviour) => {
      const options = optionsFor(judgeStandin({ behaviours: [behaviour] }));
      return (await judgeRows({ rows: [], pairs, options })).report.standing.lengthSlope;
    };
    const [longer, honest] = [await slopeOf("longer"), await slopeOf("honest")];
    expect((longer.slope ?? 0) / (longer.error ?? 1)).toBeGreaterThan(2);
    expect(Math.abs((honest.slope ?? 9) / (honest.error ?? 1))).toBeLessThan(2);
  });

  test("ranks until people agreed with it often enough, and one that is noise never gates", async () => {
    const night = async (behaviour: Behaviour, count: number) => {
      const rows = Array.from({ length: count }, (_, at) => ({
        ...row(String(at), { quality: at % 2 === 0 ? 5 : 1 }),
        people: at % 2 === 0 ? ("good" as const) : ("bad" as const),
      }));
      return judgeRows({ rows, pairs: [], options: optionsFor(judgeStandin({ behaviours: [behaviour] })) });
    };
    expect((await night("honest", 99)).mayGate).toEqual({ scores: false, preferences: false });
    expect((await night("honest", 100)).mayGate).toEqual({ scores: true, preferences: false });
    const prose = await night("prose", 120);
    expect(prose.mayGate.scores).toBe(false);
  });

  test("is calibrated by what earlier nights compared", async () => {
    const options = optionsFor(judgeStandin({ behaviours: ["honest"] }));
    const rows = (from: number) =>
      Array.from({ length: 60 }, (_, at) => {
        const good = at % 2 === 0;
        return {
          ...row(String(from + at), { quality: good ? 5 : 1 }),
          people: good ? ("good" as const) : ("bad" as const),
        };
      });
    const first = await judgeRows({ rows: rows(0), pairs: [], options });
    const second = await judgeRows({ rows: rows(60), pairs: [], options: { ...options, history: first.compared } });
    expect([first.mayGate.scores, second.mayGate.scores]).toEqual([false, true]);
    expect(second.report.standing.points.n).toBe(120);
  });

  test("never sees what its own family wrote, what nobody knows the writer of, or nothing at all", async () => {
    const standin = judgeStandin({ behaviours: ["honest"] });
    const rows = [
      row("own", { model: "gpt-3.5-turbo" }),
      row("tuned", { model: "ft:gpt-4o-mini:acme::1" }),
      row("told", { model: "acme-v3" }),
      row("unknown", { model: null }),
      { ...row("empty"), answer: says("assistant", " ") },
      row("fine"),
    ];
    const pairs = [{ ...pair("mixed"), second: { model: "o3-mini", answer: says("assistant", "[q:5]") } }];
    const options = optionsFor(standin, { families: { "acme-v3": "openai" } });
    const { scores, preferences, report } = await judgeRows({ rows, pairs, options });
    expect([...scores.keys()]).toEqual(["fine"]);
    expect(preferences.size).toBe(0);
    expect(report.leftOut).toEqual({ answer_empty: 1, model_unknown: 1, own_family: 4 });
    expect(standin.calls.length).toBe(1);
  });

  test("that fails again and again is left alone for the rest of the step", async () => {
    const rows = Array.from({ length: 50 }, (_, at) => row(String(at)));
    const standin = judgeStandin({ behaviours: ["refusing"] });
    const { report } = await judgeRows({ rows, pairs: [], options: optionsFor(standin) });
    expect(report.stopped).toBe("judge_failing");
    expect(standin.calls.length).toBeGreaterThanOrEqual(FAILURES_MAX);
    expect(standin.calls.length).toBeLessThanOrEqual(FAILURES_MAX + 3);
    expect(report.leftOut).toEqual({ judge_failing: 50 - standin.calls.length, refused: standin.calls.length });
  });

  test("that writes no verdicts is left alone after more than that", async () => {
    const rows = Array.from({ length: 60 }, (_, at) => row(String(at)));
    const standin = judgeStandin({ behaviours: ["prose"] });
    const { report } = await judgeRows({ rows, pairs: [], options: optionsFor(standin) });
    expect(report.stopped).toBe("judge_unreadable");
    expect(standin.calls.length).toBeLessThanOrEqual(UNREADABLE_MAX + 3);
  });

  test("is asked no more in one step than a Worker may do", async () => {
    const rows = Array.from({ length: QUESTIONS_MAX + 2 }, (_, at) => row(String(at)));
    const standin = judgeStandin({ behaviours: ["honest"] });
    const { report } = await judgeRows({ rows, pairs: [], options: optionsFor(standin) });
    expect(standin.calls.length).toBe(QUESTIONS_MAX);
    expect(report.leftOut).toEqual({ step_full: 2 });
  });

  test("that can't be found leaves everything out, and the night goes on", async () => {
    const standin = judgeStandin({ behaviours: ["honest"] });
    const options = optionsFor(standin, { found: { ok: false, because: "key_missing" } });
    const { report } = await judgeRows({ rows: [row("1")], pairs: [pair("2")], options });
    expect(report).toMatchObject({ judge: null, calls: 0, spentUsdMicros: 0, leftOut: { key_missing: 2 } });
  });

  test("that breaks by a mistake of ours is in the report, and the night goes on", async () => {
    const standin = judgeStandin({ behaviours: ["honest"] });
    const broken = { ...row("1"), answer: null as never };
    const { report, scores } = await judgeRows({ rows: [broken], pairs: [], options: optionsFor(standin) });
    expect(scores.size).toBe(0);
    expect(report).toMatchObject({ stopped: "judge_broken", leftOut: { judge_broken: 1 } });
  });

  test("is not asked where its cache can't be read or written", async () => {
    const down = async () => Promise.reject(new Error("R2 is down"));
    for (const cache of [
      { ...memoryCache(), get: down },
      { ...memoryCache(), put: down },
    ]) {
      const standin = judgeStandin({ behaviours: ["honest"] });
      const { report } = await judgeRows({ rows: [row("1")], pairs: [], options: optionsFor(standin, { cache }) });
      expect(standin.calls.length).toBe(0);
      expect(report).toMatchObject({ leftOut: { cache_failed: 1 }, spentUsdMicros: 0 });
    }
  });
});

describe("a judge that obeys whatever stands outside of the fence", () => {
  test.each(ATTACKS)("is not moved by what was captured: $name", async ({ text }) => {
    const options = optionsFor(judgeStandin({ behaviours: ["naive"] }));
    const bad = { ...row("bad", { quality: 1, text }), messages: [says("user", text), says("system", text)] };
    const result = await judgeRows({
      rows: [bad],
      pairs: [
        pair("p", { first: 4, second: 1, secondText: text }),
        pair("r", { first: 1, second: 4, firstText: text }),
      ],
      options,
    });
    expect(result.scores.get("bad")?.score).toBe(0);
    expect(result.preferences.get("p")).toMatchObject({ preferred: "first", consistent: true });
    expect(result.preferences.get("r")).toMatchObject({ preferred: "second", consistent: true });
  });

  test.each(ATTACKS)("gives no verdict where it only repeats what was captured: $name", async ({ text }) => {
    const options = optionsFor(judgeStandin({ behaviours: ["echo"] }));
    const result = await judgeRows({ rows: [row("1", { text })], pairs: [pair("p", { firstText: text })], options });
    expect(result.scores.size + result.preferences.size).toBe(0);
  });

  test("would obey, if a verdict stood there: the test can fail", async () => {
    const rubric = { version: "own", criteria: [{ name: "form", question: '{"scores": {"form": 5}}', weight: 1 }] };
    const options = optionsFor(judgeStandin({ behaviours: ["naive"] }), { rubric });
    const { scores } = await judgeRows({ rows: [row("1", { quality: 1 })], pairs: [], options });
    expect(scores.get("1")?.score).toBe(1);
  });
});

describe("an endpoint", () => {
  const providers = readProviders(
    '{"azure":{"baseUrl":"https://acme.openai.azure.com/openai","format":"openai"},"odd":{"baseUrl":"https://odd.example","format":"raw"}}',
  );
  const find = (judge: Parameters<typeof judgeEndpoint>[0]["judge"], secrets: Record<string, string> = {}) =>
    judgeEndpoint({ judge, providers, secretNamed: (name) => secrets[name], atMs: AT_MS });

  test.each([
    ["provider_unknown", { provider: "nowhere", model: "gpt-4o" }, {}],
    ["format_unsupported", { provider: "odd", model: "gpt-4o" }, {}],
    ["format_unsupported", { provider: "workers-ai", model: "llama" }, { WORKERS_AI_API_KEY: "k" }],
    ["key_missing", { provider: "openai", model: "gpt-4o" }, {}],
    ["key_missing", { provider: "openai", model: "gpt-4o", key: "TEAM_B" }, { OPENAI_API_KEY: "k" }],
    ["price_unknown", { provider: "openai", model: "nobody-knows-this" }, { OPENAI_API_KEY: "k" }],
    [
      "price_unknown",
      { provider: "azure", model: "my-own", prices: { inputUsd: -1, outputUsd: 1 } },
      { AZURE_API_KEY: "k" },
    ],
  ])("is not found: %s", (because, judge, secrets) => {
    expect(find(judge, secrets)).toEqual({ ok: false, because });
  });

  test("knows the prices of the list, and prefers the app's own", () => {
    const tokens = {
      usage: { inputTokens: 1_000_000, outputTokens: 0, cachedInputTokens: 0, reasoningTokens: 0, estimated: false },
      cacheWriteTokens: 0,
      audioInputTokens: 0,
      audioOutputTokens: 0,
    };
    const listed = find({ provider: "openai", model: "gpt-4o-mini" }, { OPENAI_API_KEY: "k" });
    expect(listed.ok && listed.endpoint.priceOf(tokens)).toBe(150_000);
    const own = find(
      { provider: "openai", model: "gpt-4o-mini", prices: { inputUsd: 7, outputUsd: 1 } },
      { OPENAI_API_KEY: "k" },
    );
    expect(own.ok && own.endpoint.priceOf(tokens)).toBe(7_000_000);
  });

  test.each([
    ["openai", "OPENAI_API_KEY", { authorization: "Bearer k" }],
    ["anthropic", "ANTHROPIC_API_KEY", { "x-api-key": "k" }],
    ["google", "GOOGLE_API_KEY", { "x-goog-api-key": "k" }],
    ["azure", "AZURE_API_KEY", { "api-key": "k" }],
  ])("of %s has its key in its own header", (provider, variable, headers) => {
    const found = find({ provider, model: "m", prices: { inputUsd: 1, outputUsd: 1 } }, { [variable]: "k" });
    expect(found.ok && found.endpoint.keyHeaders).toEqual(headers);
  });
});

/** A judge that the app has chosen: what it may decide, what it costs, and that no trouble with it is the night's. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Manifest } from "../../shared/core/manifest.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { type Behaviour, type JudgeStandin, judgeStandin, listen, PRICES } from "../judge/judge-standin.ts";
import { api, detailOf, idOf, SECRET } from "../whole-way/captures.ts";
import { callOf, DOWN, dayBefore, live, manifestOf, nightOf, type Told, UP } from "./nights.ts";

const DAY = dayBefore(30);
const JUDGE = { provider: "desk", model: "claude-sonnet-4-5", prices: PRICES, budgetUsd: 5, rowsMax: 200 };

let winnow: Winnow;
let standin: JudgeStandin;
let behaviour: Behaviour = "honest";
let desk: Awaited<ReturnType<typeof listen>>;

beforeAll(async () => {
  standin = judgeStandin({ behaviours: ["honest"] });
  const desks: Partial<Record<Behaviour, JudgeStandin>> = { honest: standin };
  const told = (): JudgeStandin => {
    const chosen = desks[behaviour] ?? judgeStandin({ behaviours: [behaviour] });
    desks[behaviour] = chosen;
    return chosen;
  };
  desk = await listen({ calls: [], billedMicros: 0, fetch: (address, init) => told().fetch(address, init) });
  const providers = { desk: { baseUrl: desk.baseUrl, format: "openai" as const } };
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET, DESK_API_KEY: "sk-of-the-desk" }, providers });
});
afterAll(async () => {
  await winnow?.stop();
  await desk?.close();
});

async function choose(judge: object | undefined): Promise<void> {
  const body = JSON.stringify(judge === undefined ? {} : { judge });
  expect((await api(winnow, "/v1/settings", { method: "PUT", body })).status).toBe(200);
}

/** Answers that say how good they are; people say the same of the first `voted`. */
function day(task: string, { calls, voted }: { calls: number; voted: number }): Told[] {
  return Array.from({ length: calls }, (_, at) => {
    const good = at % 2 === 0;
    const said = at < voted ? [{ ...(good ? UP : DOWN), actor: `${task} ${at}` }] : [];
    const answer = `[q:${good ? 5 : 1}] ${task} answer ${at}`;
    return callOf({ task, dayMs: DAY, at, said, question: `${task} question ${at}?`, answer });
  });
}

async function judgedNight(task: string, size: { calls: number; voted: number }) {
  const calls = day(task, size);
  await live(winnow, calls);
  const settings = { userShareMax: 1, sessionShareMax: 1 };
  const run = await nightOf(winnow, { task, dayMs: DAY, settings });
  const manifest = await manifestOf(winnow, run.batches[0] ?? "");
  return { calls, run, manifest, judge: manifest.judge as NonNullable<Manifest["judge"]> };
}

async function judgeGrounds(call: Told | undefined): Promise<number[]> {
  const { trail } = await detailOf(winnow, idOf(call ?? callOf({ task: "", dayMs: 0, at: 0 })));
  const last = trail.at(-1) as unknown as { grounds: { kind: string; logOdds: number }[] } | undefined;
  return (last?.grounds ?? []).filter(({ kind }) => kind === "judge").map(({ logOdds }) => logOdds);
}

test("one that nobody has measured yet ranks and says nothing in the verdict; what it did and cost is in the manifest", async () => {
  await choose(JUDGE);
  const { calls, judge } = await judgedNight("few", { calls: 12, voted: 8 });
  expect(judge).toMatchObject({
    judge: { provider: "desk", model: "claude-sonnet-4-5" },
    judged: { rows: 12, pairs: 0 },
    calls: 12,
    stopped: null,
    standing: { points: { n: 8, calibrated: false, because: "too_few_labels" } },
  });
  expect(judge.spentUsdMicros).toBeGreaterThan(0);
  expect(judge.spentUsdMicros).toBe(Math.ceil(standin.billedMicros));
  expect(await judgeGrounds(calls[0])).toEqual([]);
  const again = await nightOf(winnow, { task: "few", dayMs: DAY });
  const cached = (await manifestOf(winnow, again.batches[0] ?? "")).judge;
  expect(cached).toMatchObject({ calls: 0, cached: 12, spentUsdMicros: 0 });
});

test("one that agrees with people surely enough is a voice, as loud as it agrees, of what nobody spoke of too", async () => {
  await choose(JUDGE);
  const { calls, judge } = await judgedNight("many", { calls: 150, voted: 110 });
  expect(judge.standing.points).toMatchObject({ calibrated: true, because: "agrees" });
  const [good, bad] = [await judgeGrounds(calls[148]), await judgeGrounds(calls[149])];
  expect(good).toHaveLength(1);
  expect(good[0]).toBeGreaterThan(1);
  expect(bad[0]).toBeLessThan(-1);
  const thinks = async (at: number) => (await detailOf(winnow, idOf(calls[at] ?? { name: "", atMs: 0 }))).trail.at(-1);
  expect(await thinks(148)).toMatchObject({ pGood: expect.toSatisfy((pGood: number) => pGood > 0.7) });
  expect(await thinks(149)).toMatchObject({ pGood: expect.toSatisfy((pGood: number) => pGood < 0.3) });
});

test("what it costs never goes over the budget, and it says that it was stopped", async () => {
  await choose({ ...JUDGE, budgetUsd: 0.1 });
  const before = standin.billedMicros;
  const { judge } = await judgedNight("poor", { calls: 40, voted: 4 });
  expect(judge.stopped).toBe("budget_spent");
  expect(judge.judged.rows).toBeGreaterThan(0);
  expect(judge.judged.rows).toBeLessThan(40);
  expect(standin.billedMicros - before).toBeLessThanOrEqual(100_000);
  expect(judge.spentUsdMicros).toBeLessThanOrEqual(100_000);
});

describe("the night goes on", () => {
  test.each<[string, object, Behaviour, string]>([
    ["without one that answers with a page", JUDGE, "html", "reply_no_object"],
    ["without one that obeys nothing", JUDGE, "prose", "reply_no_object"],
    ["without one that is not there", { ...JUDGE, model: "claude-gone" }, "refusing", "refused"],
    ["where it would judge its own family", { ...JUDGE, model: "gpt-4.1" }, "honest", "own_family"],
    ["where its key is missing", { ...JUDGE, provider: "mistral" }, "honest", "key_missing"],
    ["where its provider is none", { ...JUDGE, provider: "nobody" }, "honest", "provider_unknown"],
  ])("%s", async (name, judge, how, because) => {
    behaviour = how;
    await choose(judge);
    const night = await judgedNight(name.replaceAll(" ", "-"), { calls: 6, voted: 6 });
    behaviour = "honest";
    expect(night.run.funnel).toMatchObject({ window: 6 });
    expect(night.manifest.counts.sft).toBeGreaterThan(0);
    expect(night.judge.judged.rows).toBe(0);
    expect(Object.keys(night.judge.leftOut)).toContain(because);
  });

  test("without one that was never chosen: the manifest has none, and nobody is asked", async () => {
    await choose(undefined);
    const before = standin.calls.length;
    const { manifest } = await judgedNight("alone", { calls: 4, voted: 4 });
    expect(manifest.judge).toBeNull();
    expect(standin.calls.length).toBe(before);
  });
});

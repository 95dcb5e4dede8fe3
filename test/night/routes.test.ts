/** What a night makes of what was said: rows of the right files, and a reason for everything else. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Manifest } from "../../shared/core/manifest.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { detailOf, idOf, linesOf, type RunEnd, SECRET } from "../whole-way/captures.ts";
import {
  callOf,
  DOWN,
  dayBefore,
  expectAddsUp,
  live,
  manifestOf,
  nightOf,
  reasonsOf,
  type Told,
  UP,
} from "./nights.ts";

const DAY = dayBefore(40);
const SAME = { question: "The same question?", answer: "The same answer." };
const correction = (text: string, actor = "ada") => ({ kind: "correction", text, actor });

/** By what should become of them: the key is the reason, or for `exported` the files. */
const CASES: Record<string, { reason: string; files: string[]; more: Partial<Told> & { side?: "train" | "eval" } }> = {
  "a thumb up": { reason: "exported", files: ["sft", "kto"], more: { said: [UP] } },
  "a thumb down": { reason: "exported", files: ["kto"], more: { said: [DOWN] } },
  "a high rating": { reason: "exported", files: ["sft", "kto"], more: { said: [{ kind: "rating", value: 1 }] } },
  "a rating in the middle": { reason: "no_label", files: [], more: { said: [{ kind: "rating", value: 0.5 }] } },
  "a correction": { reason: "exported", files: ["sft", "preference"], more: { said: [correction("Better.")] } },
  "a correction and its author's thumb down": {
    reason: "exported",
    files: ["sft", "preference", "kto"],
    more: { said: [correction("Mended.", "joe"), { ...DOWN, actor: "joe" }] },
  },
  "a correction that others contradict": {
    reason: "conflicting",
    files: [],
    more: { said: [correction("Worse."), { ...UP, actor: "bob" }, { ...UP, actor: "eve" }] },
  },
  accepted: { reason: "exported", files: ["sft"], more: { said: [{ kind: "accepted" }] } },
  "weak signs": { reason: "no_label", files: [], more: { said: [{ kind: "copied" }, { kind: "retained" }] } },
  "a thumb that was taken back": { reason: "no_label", files: [], more: { said: [{ ...UP, value: null }] } },
  "two who contradict each other": {
    reason: "conflicting",
    files: [],
    more: {
      said: [
        { ...UP, actor: "ada" },
        { ...DOWN, actor: "bob" },
      ],
    },
  },
  "up, but regenerated": {
    reason: "exported",
    files: ["kto"],
    more: { said: [UP, { kind: "regenerated" }, { kind: "reverted" }] },
  },
  "nothing at all": { reason: "no_label", files: [], more: {} },
  "cut at its length": { reason: "truncated", files: [], more: { said: [UP], finishReason: "length" } },
  refused: { reason: "refused", files: [], more: { said: [UP], finishReason: "content_filter" } },
  "an empty answer": { reason: "empty", files: [], more: { said: [UP], answer: "" } },
  "an error of the provider's": {
    reason: "error",
    files: [],
    more: { said: [UP], header: { status: 500, outcome: "upstream_error" }, response: '{"error":{"message":"no"}}' },
  },
  "left by its reader": {
    reason: "client_aborted",
    files: [],
    more: { said: [UP], header: { outcome: "client_aborted" } },
  },
  "an error that someone mended": {
    reason: "exported",
    files: ["sft"],
    more: { said: [correction("As it should be.")], header: { status: 500, outcome: "upstream_error" } },
  },
  "metadata alone": { reason: "metadata_only", files: [], more: { said: [UP], header: { capture: "metadata" } } },
  "of no known format": { reason: "not_understood", files: [], more: { said: [UP], header: { format: "raw" } } },
  "the best of its duplicates": {
    reason: "exported",
    files: ["sft", "kto"],
    more: {
      ...SAME,
      said: [
        { ...UP, actor: "gus" },
        { ...UP, actor: "hal" },
        { ...UP, actor: "ivy" },
      ],
    },
  },
  "a lesser duplicate": { reason: "duplicate", files: [], more: { ...SAME, said: [UP] } },
  "good, for evaluation": { reason: "exported", files: ["eval"], more: { said: [UP], side: "eval" } },
  "bad, for evaluation": { reason: "eval_without_reference", files: [], more: { said: [DOWN], side: "eval" } },
  "corrected, for evaluation": {
    reason: "exported",
    files: ["eval"],
    more: { said: [correction("True.")], side: "eval" },
  },
};
const NAMES = Object.keys(CASES);
const DAY_OF: Told[] = NAMES.map((name, at) => callOf({ task: "routes", dayMs: DAY, at, ...CASES[name]?.more }));

let winnow: Winnow;
let run: RunEnd;
let batch: string;
let manifest: Manifest;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  await live(winnow, DAY_OF);
  run = await nightOf(winnow, { task: "routes", dayMs: DAY });
  [batch = ""] = run.batches;
  manifest = await manifestOf(winnow, batch);
}, 240_000);
afterAll(() => winnow?.stop());

test.each(NAMES)("%s", async (name) => {
  const { reason, files } = CASES[name] ?? { reason: "", files: [] };
  const told = DAY_OF[NAMES.indexOf(name)];
  if (told === undefined) throw new Error(`no case ${name}`);
  const { trail } = await detailOf(winnow, idOf(told));
  expect(trail).toMatchObject([{ run: run.id, reason, batch }]);
  expect([...(trail[0]?.files ?? [])].sort()).toEqual([...files].sort());
});

test("the funnel holds every exchange once, with the reasons that the trails give", async () => {
  expectAddsUp(run, NAMES.length);
  const reasons = await reasonsOf(winnow, DAY_OF, run.id);
  const counted = Object.fromEntries(
    [...Map.groupBy(reasons, (reason) => reason)].map(([reason, all]) => [reason, all.length]),
  );
  expect(run.funnel).toEqual({ window: NAMES.length, ...counted });
  expect(manifest.funnel).toEqual(run.funnel);
});

test("a trail names the line of each row, the parts of P(good) and the stage that decided", async () => {
  const told = DAY_OF[NAMES.indexOf("a correction")] as Told;
  const [entry] = (await detailOf(winnow, idOf(told))).trail as unknown as {
    stage: string;
    pGood: number;
    grounds: { logOdds: number }[];
    rows: { file: string; row: number }[];
  }[];
  const provenance = await linesOf<{ file: string; row: number; exchangeId: string }>(winnow, batch, "provenance");
  const own = provenance.filter(({ exchangeId }) => exchangeId === idOf(told));
  expect(entry?.rows).toEqual(expect.arrayContaining(own.map(({ file, row }) => ({ file, row }))));
  expect(entry?.rows).toHaveLength(own.length);
  const logOdds = entry?.grounds.reduce((sum, ground) => sum + ground.logOdds, 0) ?? Number.NaN;
  expect(1 / (1 + Math.exp(-logOdds))).toBeCloseTo(entry?.pGood ?? 0, 4);
  const stages = await Promise.all(
    ["cut at its length", "a lesser duplicate", "nothing at all"].map(async (name) => {
      const { trail } = await detailOf(winnow, idOf(DAY_OF[NAMES.indexOf(name)] as Told));
      return (trail[0] as unknown as { stage: string }).stage;
    }),
  );
  expect(stages).toEqual(["check", "dedupe", "assemble"]);
});

test("a trail names the check that failed, though a person's correction is learned from, and the row that a duplicate is of", async () => {
  const entryOf = async (name: string) =>
    (await detailOf(winnow, idOf(DAY_OF[NAMES.indexOf(name)] as Told))).trail[0] as unknown as object;
  expect(await entryOf("an error that someone mended")).toMatchObject({ failed: { check: "error" }, status: "ready" });
  const best = idOf(DAY_OF[NAMES.indexOf("the best of its duplicates")] as Told);
  const cluster = { representative: best, size: 2 };
  expect(await entryOf("the best of its duplicates")).toMatchObject({ failed: null, cluster });
  expect(await entryOf("a lesser duplicate")).toMatchObject({ cluster, detail: `the same as ${best}` });
});

describe("a row", () => {
  type Line = { messages?: { content: string }[]; label?: boolean };
  type Provenance = {
    file: string;
    row: number;
    exchangeId: string;
    because: string;
    pGood: number;
    grounds: object[];
  };

  test("says of which exchange it is, why it is there, and with what probability it was drawn", async () => {
    const provenance = await linesOf<Provenance & { inclusionProbability: number }>(winnow, batch, "provenance");
    const expected = NAMES.flatMap((name, at) =>
      (CASES[name]?.files ?? []).map((file) => `${file} ${idOf(DAY_OF[at] as Told)}`),
    );
    expect(provenance.map(({ file, exchangeId }) => `${file} ${exchangeId}`).sort()).toEqual(expected.sort());
    for (const row of provenance) {
      expect(row).toMatchObject({
        inclusionProbability: 1,
        because: expect.stringMatching(/^(correction|thumb|verdict)$/),
      });
      expect(row.grounds.length).toBeGreaterThan(0);
    }
  });

  test("of a correction has the correction for its target, and the answer beside it in the pair", async () => {
    const [sft, preference] = await Promise.all([
      linesOf<Line>(winnow, batch, "sft"),
      linesOf<{ preferred_output: object[]; non_preferred_output: object[] }>(winnow, batch, "preference"),
    ]);
    expect(JSON.stringify(sft)).toContain('"Better."');
    expect(JSON.stringify(preference.map((pair) => pair.preferred_output))).toContain('"Better."');
    expect(JSON.stringify(preference.map((pair) => pair.non_preferred_output))).not.toContain('"Better."');
  });

  test("of a thumb is labelled as the thumb is, and none of a thumb down is a target", async () => {
    const down = DAY_OF[NAMES.indexOf("a thumb down")] as Told;
    const [sft, kto] = await Promise.all([linesOf<Line>(winnow, batch, "sft"), linesOf<Line>(winnow, batch, "kto")]);
    const row = kto.find((line) => JSON.stringify(line).includes(`Answer ${down.name}.`));
    expect(row?.label).toBe(false);
    expect(JSON.stringify(sft)).not.toContain(`Answer ${down.name}.`);
    expect(kto.some(({ label }) => label)).toBe(true);
  });
});

test("a check that is switched off lets pass what it would stop", async () => {
  const again = await nightOf(winnow, { task: "routes", dayMs: DAY, settings: { checks: { truncated: false } } });
  const [reason] = await reasonsOf(winnow, [DAY_OF[NAMES.indexOf("cut at its length")] as Told], again.id);
  expect(reason).toBe("exported");
  // what the first night has exported is not exported again, and neither is what said the same
  const { exported = 0, duplicate = 0 } = run.funnel;
  expect(again.funnel).toMatchObject({ exported: 1, exported_before: exported + duplicate });
});

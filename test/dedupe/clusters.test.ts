/** Rows that say the same: which one stands for them, how many they are, and how often one question may be asked. */
import { describe, expect, test } from "vitest";
import type { ExchangeId } from "../../shared/core/ids.ts";
import type { KeptNearRow } from "../../shared/dedupe/near-bytes.ts";
import type { Candidate } from "../../workers/curator/candidate.ts";
import { alarmsOf, clustersOf } from "../../workers/curator/clusters.ts";
import { leaveOutNear } from "../../workers/curator/leave-out-near.ts";

const QUESTION = Array.from({ length: 40 }, (_, at) => `word${at}`).join(" ");

function candidateOf(id: string, more: { answer?: string; bucket?: string; like?: string; pGood?: number } = {}) {
  const { answer = `Answer ${id}.`, bucket = "exported", like = null, pGood = 0.9 } = more;
  const prompt = [{ role: "user", content: QUESTION }];
  return {
    ...{ id: id as ExchangeId, bucket, like, reason: null, side: "train", judged: { pGood } },
    ...{ sampled: { prompt, answer: { role: "assistant", content: answer } }, examples: [{}] },
  } as unknown as Candidate;
}

async function* none(): AsyncGenerator<KeptNearRow> {}

describe("of one question", () => {
  test("the best rows stay, as many as may be, and the others say which one asks the same", async () => {
    const candidates = ["a", "b", "c", "d", "e"].map((id, at) => candidateOf(id, { pGood: 0.9 + at / 100 }));
    const kept = await leaveOutNear(candidates, { history: none(), clusterRowsMax: 3 });
    expect(kept.map(({ id }) => id)).toEqual(["e", "d", "c"]);
    expect(candidates.map(({ bucket }) => bucket)).toEqual([
      ...["over_cluster_share", "over_cluster_share"],
      ...["exported", "exported", "exported"],
    ]);
    expect(candidates[0]?.reason).toBe("3 better rows ask nearly the same, as e does");
  });

  test("all rows stay where there are no more than may be", async () => {
    const candidates = ["a", "b", "c"].map((id) => candidateOf(id));
    expect(await leaveOutNear(candidates, { history: none(), clusterRowsMax: 3 })).toHaveLength(3);
  });
});

describe("a cluster", () => {
  test("is that of the row at the end, where a row is like one that is like a third", () => {
    const like = (id: string, other: string) => candidateOf(id, { bucket: "duplicate", like: other });
    const clusters = clustersOf([candidateOf("a"), like("b", "a"), like("c", "b"), candidateOf("alone")]);
    const ofA = { representative: "a", size: 3 };
    expect(Object.fromEntries(clusters)).toEqual({
      a: ofA,
      b: ofA,
      c: ofA,
      alone: { representative: "alone", size: 1 },
    });
  });

  test("counts the row of an earlier batch that stands for it", () => {
    const clusters = clustersOf([candidateOf("b", { bucket: "exported_before", like: "long ago" })]);
    expect(clusters.get("b")).toEqual({ representative: "long ago", size: 2 });
  });

  test("has none of what was not compared", () => {
    expect(clustersOf([candidateOf("a", { bucket: "refused" })]).size).toBe(0);
  });

  test("of exact duplicates that eats a fifth of a task is told of as well", () => {
    const twins = Array.from({ length: 19 }, (_, at) => candidateOf(`t${at}`, { bucket: "duplicate", like: "best" }));
    const others = Array.from({ length: 80 }, (_, at) => candidateOf(`o${at}`));
    const alarms = (rows: Candidate[]) => alarmsOf(clustersOf([candidateOf("best"), ...rows]));
    expect(alarms([...twins, ...others])).toEqual([{ exchangeId: "best", size: 20, share: 0.2 }]);
    expect(alarms([...twins.slice(1), ...others])).toEqual([]); // 19 rows
    expect(alarms([...twins, ...others, candidateOf("one more")])).toEqual([]); // under a fifth
  });
});

/** Reviews as ground: what they are worth, and what they do to everything that is learned. */
import { describe, expect, test } from "vitest";
import { assemble, type Sampled } from "../../shared/assemble/assemble.ts";
import type { Feedback, FeedbackKind } from "../../shared/core/feedback.ts";
import type { ExchangeId } from "../../shared/core/ids.ts";
import { type Vote, weighVotes } from "../../shared/verdict/actors.ts";
import { classOf, verdictOf } from "../../shared/verdict/verdict.ts";
import { votesOf } from "../../shared/verdict/votes.ts";
import { WEIGHTS } from "../../shared/verdict/weights.ts";
import { gateOf } from "../../workers/curator/gate.ts";
import { judgeNight } from "../../workers/curator/judge-night.ts";
import { NightRows } from "../../workers/curator/night-rows.ts";
import { plantVotes } from "./planted.ts";
import { exchange } from "./school.ts";

const REVIEWER = "reviewer:key k1";

function say(id: string, kind: FeedbackKind, more: Partial<Feedback> = {}): Feedback {
  const plain = { name: "", actor: "ada", value: true, text: null, atMs: 1_000, eventId: `${id} ${kind}` } as const;
  return { exchangeId: id as ExchangeId, kind, ...plain, ...more };
}
const thumb = (id: string, actor: string, value: "up" | "down") => say(id, "thumb", { actor, value });
const review = (id: string, value: "up" | "down") => say(id, "review", { actor: REVIEWER, value });
const mend = (id: string, actor: string, text = "Paris.") => say(id, "correction", { actor, text });

describe("a review", () => {
  test("outweighs two people's thumbs, and settles what they dispute", () => {
    const disputed = [thumb("e1", "ada", "down"), thumb("e1", "bob", "down"), thumb("e1", "cyd", "up")];
    expect(verdictOf(disputed).conflicting).toBe(true);
    const settled = verdictOf([...disputed, review("e1", "up")]);
    expect(settled).toMatchObject({ conflicting: false, labelled: true });
    expect(settled.pGood).toBeGreaterThan(0.8);
    expect(classOf(settled)).toBe("good");
  });

  test("is disputed by another review alone", () => {
    const other = say("e1", "review", { actor: "reviewer:key k2", value: "down" });
    expect(verdictOf([review("e1", "up"), other]).conflicting).toBe(true);
  });

  test("is one vote, with the correction that comes with it", () => {
    expect(votesOf([review("e1", "down"), mend("e1", REVIEWER)])).toEqual([
      { exchangeId: "e1", actor: REVIEWER, up: false, strength: 1, isReview: true },
    ]);
  });
});

describe("the weights of voters", () => {
  const votes = (seed: number): Vote[] => {
    const contrary = { name: "contrary", sensitivity: 0.1, specificity: 0.1, votes: 60 };
    const planted = plantVotes({ actors: [contrary], exchanges: 60, shareGood: 0.5, seed });
    const reviews = [...planted.truth].map(([exchangeId, up]): Vote => {
      return { exchangeId, actor: REVIEWER, up, strength: 1, isReview: true };
    });
    return [...planted.votes, ...reviews];
  };

  test("hold everybody against reviews: one who contradicts them is found out, though nobody else has voted", () => {
    const all = votes(7);
    const found = (of: readonly Vote[]) =>
      weighVotes({ votes: of, fieldOf: () => 0, clusterOf: () => null }).actors.get("contrary")?.up.logOdds;
    expect(found(all)).toBeLessThan(-0.5);
    expect(found(all.filter(({ isReview }) => !isReview))).toBeGreaterThan(0);
  });

  test("never learn reviews away, however many contradict them", () => {
    const crowd = Array.from({ length: 40 }, (_, at) =>
      Array.from({ length: 5 }, (_, who): Vote => {
        return { exchangeId: `e${at}`, actor: `user-${who}`, up: true, strength: 1 };
      }),
    ).flat();
    const reviews = Array.from({ length: 40 }, (_, at): Vote => {
      return { exchangeId: `e${at}`, actor: REVIEWER, up: false, strength: 1, isReview: true };
    });
    const weighed = weighVotes({ votes: [...crowd, ...reviews], fieldOf: () => 0, clusterOf: () => null });
    for (const { logOdds } of weighed.weights.slice(crowd.length)) expect(logOdds).toBe(WEIGHTS.reviewDown.logOdds);
    expect(weighed.actors.has(REVIEWER)).toBe(false);
    expect(weighed.actors.get("user-0")?.up.logOdds).toBeLessThan(0.5);
  });
});

describe("a night", () => {
  function judged(feedbackOf: (at: number) => Feedback[]) {
    const night = new NightRows();
    for (let at = 0; at < 40; at++) night.add({ ...exchange(`e${at}`), feedback: feedbackOf(at) });
    return judgeNight(night, { seed: "s" });
  }

  test("learns the base rate from reviews, and is surer of it than by thumbs", () => {
    const share = (night: ReturnType<typeof judged>) => night.judgementOf("e39")?.pGood ?? 0;
    const bad = judged((at) => (at < 30 ? [review(`e${at}`, "down")] : []));
    const lukewarm = judged((at) => (at < 30 ? [thumb(`e${at}`, `user-${at}`, "down")] : []));
    expect(share(bad)).toBeLessThan(share(lukewarm));
    expect(share(bad)).toBeLessThan(0.2);
  });

  test("gives a review its prior, and the correction beside it nothing more", () => {
    const night = judged((at) => (at === 0 ? [review("e0", "down"), mend("e0", REVIEWER)] : []));
    const grounds = night.judgementOf("e0")?.grounds ?? [];
    const worth = (kind: string) => grounds.find((ground) => ground.kind === kind)?.logOdds;
    expect([worth("review"), worth("correction")]).toEqual([WEIGHTS.reviewDown.logOdds, 0]);
  });

  test("measures its gate by reviews: words that are surer make a narrower interval", () => {
    const rows = (say: (id: string) => Feedback) => {
      const night = judged((at) => [say(`e${at}`)]);
      const sure = { ...night, unspokenOf: () => night.judgementOf("e0") && SURE };
      return gateOf(sure as typeof night, { ids: Array.from({ length: 40 }, (_, at) => `e${at}`), pGoodMin: 0.7 });
    };
    const byReviews = rows((id) => review(id, "up"));
    const byThumbs = rows((id) => thumb(id, id, "up"));
    expect(byReviews.low ?? 0).toBeGreaterThan(byThumbs.low ?? 1);
    expect(byReviews.open).toBe(true);
  });
});

const SURE = {
  pGood: 0.95,
  interval: { low: 0.9, high: 0.99 },
  grounds: [{ kind: "agreement", value: "2 of 2", actor: "", logOdds: 3 }],
  labelled: false,
  conflicting: false,
  sides: null,
};

describe("examples", () => {
  function sampled(feedback: Feedback[]): Sampled {
    const verdict = { ...verdictOf(feedback), verified: false };
    const lineage = { origin: "model", model: "m" } as const;
    return {
      record: { id: "e1" as ExchangeId, at: "2026-11-20T00:00:00Z", model: "m", template: null },
      prompt: [{ role: "user", content: "Capital of France?" }],
      tools: null,
      answer: { role: "assistant", content: "Lyon." },
      failed: null,
      feedback,
      verdict,
      lineage: { answer: lineage, correction: { origin: "human-edited" } },
      ...{ inclusionProbability: 1, stratum: "s", side: "train", pGoodMin: 0.7 },
    };
  }
  const targets = (made: ReturnType<typeof assemble>) =>
    typeof made === "string" ? made : made.map((one) => [one.file, "completion" in one ? one.completion.content : ""]);

  test("come of a reviewer's correction, whatever the thumbs say, where a user's would be outvoted", () => {
    const thumbs = ["ada", "bob", "cyd"].map((actor) => thumb("e1", actor, "up"));
    expect(assemble(sampled([...thumbs, mend("e1", "dan")]))).toBe("conflicting");
    const made = assemble(sampled([...thumbs, review("e1", "down"), mend("e1", REVIEWER)]));
    expect(targets(made)).toContainEqual(["sft", "Paris."]);
  });

  test("take a reviewer's correction before a newer one of a user", () => {
    const newer = { ...mend("e1", "dan", "Marseille."), atMs: 2_000, eventId: "z" };
    const made = assemble(sampled([review("e1", "down"), mend("e1", REVIEWER), newer]));
    expect(targets(made)).toContainEqual(["sft", "Paris."]);
  });

  test("come of a review alone: a target where it is good, a row to avoid where it isn't", () => {
    expect(targets(assemble(sampled([review("e1", "up")])))).toEqual([
      ["sft", "Lyon."],
      ["kto", "Lyon."],
    ]);
    const [bad] = assemble(sampled([review("e1", "down")])) as { file: string; label?: boolean }[];
    expect(bad).toMatchObject({ file: "kto", label: false });
  });
});

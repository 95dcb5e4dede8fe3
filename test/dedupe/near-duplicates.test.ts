/** Near-duplicates: planted ones are found, and nothing real is lost. */
import { expect, test } from "vitest";
import { makeUuidV7 } from "../../shared/core/ids.ts";
import { nearFromBytes, nearToBytes } from "../../shared/dedupe/near-bytes.ts";
import { NearIndex, type NearRow, nearRow } from "../../shared/dedupe/near-duplicates.ts";
import { RowsByKey } from "../../shared/dedupe/rows-by-key.ts";
import { jaccard, SHINGLES_MAX, shingle } from "../../shared/dedupe/shingles.ts";
import fc from "../unit/property.ts";
import { seeded } from "../unit/seeded.ts";

const random = seeded(21);
const WORDS = Array.from({ length: 5_000 }, (_, at) => `w${at.toString(36)}`);

function text(count: number, from: () => number = random): string[] {
  return Array.from({ length: count }, () => WORDS[Math.floor(from() * WORDS.length)] ?? "");
}

/** With some words replaced, a run of them each time. */
function edited(words: readonly string[], changes: number): string[] {
  const copy = [...words];
  for (let change = 0; change < changes; change++) copy[Math.floor(random() * copy.length)] = `new${random()}`;
  return copy;
}

function similarity(a: readonly string[], b: readonly string[]): number {
  return jaccard(shingle(a.join(" ")).shingles, shingle(b.join(" ")).shingles);
}

/** Those that are kept, in the order given: each is compared to what is kept already. */
function kept(rows: readonly NearRow[]): string[] {
  const index = new NearIndex(rows);
  const ids: string[] = [];
  for (const row of rows) {
    if (index.duplicatesOf(row).length > 0) continue;
    index.add(row);
    ids.push(row.id);
  }
  return ids;
}

test("of planted pairs at Jaccard 0.8 to 0.95 nine in ten are found, and of what is found 99 in a hundred are planted", () => {
  const rows: NearRow[] = [];
  const planted = new Set<string>();
  for (let at = 0; at < 1_500; at++) {
    const [asked, answer] = [text(120), text(150)];
    rows.push(nearRow({ id: `a${at}`, asked: asked.join(" "), answer: answer.join(" ") }));
    if (at % 3 !== 0) continue;
    const changes = 1 + Math.floor(random() * 3);
    const [again, other] = [edited(asked, changes), edited(answer, changes)];
    const near = Math.min(similarity(asked, again), similarity(answer, other));
    if (near < 0.8 || near > 0.95) continue;
    planted.add(`b${at}`);
    rows.push(nearRow({ id: `b${at}`, asked: again.join(" "), answer: other.join(" ") }));
  }
  // half alike: no duplicates
  for (let at = 0; at < 300; at++) {
    const base = text(120);
    rows.push(nearRow({ id: `c${at}`, asked: base.join(" "), answer: base.join(" ") }));
    const half = [...base.slice(0, 60), ...text(60)];
    rows.push(nearRow({ id: `d${at}`, asked: half.join(" "), answer: half.join(" ") }));
  }
  const stays = new Set(kept(rows));
  const out = rows.filter(({ id }) => !stays.has(id)).map(({ id }) => id);
  const right = out.filter((id) => planted.has(id)).length;
  expect(planted.size).toBeGreaterThan(200);
  expect(right / planted.size).toBeGreaterThanOrEqual(0.9);
  expect(right / out.length).toBeGreaterThanOrEqual(0.99);
});

test("of one template with ten thousand fillings nothing is lost, long or short as the fillings may be", () => {
  const template = text(150).join(" ");
  const reply = text(60).join(" ");
  const lengths = [1, 3, 40];
  const rows = Array.from({ length: 10_000 }, (_, at) => {
    const filling = `${at} ${text(lengths[at % lengths.length] ?? 1).join(" ")}`;
    return nearRow({ id: `${at}`, asked: `${template} ${filling} ${template}`, answer: `${reply} ${filling}` });
  });
  expect(kept(rows).length).toBe(10_000);
});

test("the same but for case and punctuation is a duplicate, however short or common", () => {
  const row = (id: string, asked: string, answer: string) => nearRow({ id, asked, answer });
  expect(kept([row("a", "Where is it?", "On its way."), row("b", "where is IT", "on its way!")])).toEqual(["a"]);
  expect(kept([row("a", "Where is it?", "On its way."), row("b", "Where was it?", "On its way.")])).toEqual(["a", "b"]);
  const long = text(60).join(" ");
  expect(kept([row("a", long, long), row("b", `${long}.`, long.toUpperCase())])).toEqual(["a"]);
});

test("the same question with another answer is no duplicate, and is told of as the same question", () => {
  const asked = text(80);
  const [first, second] = [asked, edited(asked, 1)].map((words, at) =>
    nearRow({ id: `${at}`, asked: words.join(" "), answer: text(80).join(" ") }),
  ) as [NearRow, NearRow];
  const index = new NearIndex([first, second]);
  index.add(first);
  expect(index.duplicatesOf(second)).toEqual([]);
  expect(index.askedAlike(second)).toEqual([first]);
});

test("whatever the texts, a row is like itself again, and the bytes of rows give them back", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.lorem({ maxCount: 60 }), fc.string()), { maxLength: 8 }), (pairs) => {
      const rows = pairs.map(([asked, answer], at) => {
        const id = makeUuidV7(
          1_700_000_000_000 + at,
          Uint8Array.from({ length: 10 }, () => at),
        );
        return { ...nearRow({ id, asked, answer }), side: at % 2 === 0 ? ("train" as const) : ("eval" as const) };
      });
      const index = new NearIndex(rows);
      for (const row of rows) {
        index.add(row);
        expect(index.duplicatesOf({ ...row, id: "another" })).not.toEqual([]);
        expect(index.askedAlike({ ...row, id: "another" })).not.toEqual([]);
      }
      expect([...nearFromBytes(nearToBytes(rows))]).toEqual(rows);
    }),
    { numRuns: 50 },
  );
});

test("of texts too long to keep whole, similarity is told from a sample of their shingles, and bytes give the sample back", () => {
  for (const [changes, count] of [
    [20, 2_000],
    [60, 2_000],
    [0, 1_500],
  ] as const) {
    const words = text(count);
    const [a, b] = [shingle(words.join(" ")), shingle(edited(words, changes).join(" "))];
    const [own, other] = [a, b].map(({ shingles }) => shingles.length);
    expect([own, other]).toEqual([SHINGLES_MAX, SHINGLES_MAX]);
    const told = jaccard(a.shingles, b.shingles, Math.min(a.upTo, b.upTo));
    expect(Math.abs(told - (1 - (5 * changes) / count) / (1 + (5 * changes) / count))).toBeLessThan(0.07); // four standard errors
  }
  const row = {
    ...nearRow({ id: makeUuidV7(1, new Uint8Array(10)), asked: text(900).join(" "), answer: "" }),
    side: "eval",
  } as const;
  expect([...nearFromBytes(nearToBytes([row]))]).toEqual([row]);
});

test("a long text is compared with a shorter one by what is known of both", () => {
  const words = text(3_000);
  const [whole, part] = [shingle(words.join(" ")), shingle(words.slice(0, 300).join(" "))];
  expect(jaccard(whole.shingles, part.shingles, Math.min(whole.upTo, part.upTo))).toBeLessThan(0.25);
  expect(kept([whole, part].map((answer, at) => ({ id: `${at}`, asked: whole, answer })))).toEqual(["0", "1"]);
});

test("rows are found by any key, in the order in which they came, however many there are", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(0, -1, 7, 2 ** 32, 2 ** 52 + 1, -(2 ** 51)), fc.nat(9)), { maxLength: 60 }),
      (few) => {
        const pairs = [...few, ...Array.from({ length: 3_000 }, (_, at): [number, number] => [at * 1_000_003, at])];
        const rows = new RowsByKey();
        for (const [key, row] of pairs) rows.add(key, row);
        for (const [key, own] of Map.groupBy(pairs, ([key]) => key))
          expect([...rows.rowsOf(key)]).toEqual(own.map(([, row]) => row));
        expect([...rows.rowsOf(-12_345)]).toEqual([]);
      },
    ),
    { numRuns: 20 },
  );
});

test("bytes that are none of ours hold nothing", () => {
  expect([...nearFromBytes(new Uint8Array(100))]).toEqual([]);
});

/** Copies that were changed in the same place look like a template's fillings to each other: of 24 some 2.4 are kept, on the mean of forty swarms. */
test.each([
  { copies: 24, swarms: 10 },
  { copies: 300, swarms: 1 },
])(
  "of $copies copies with words changed here and there, all over a task, one in eight is kept at most",
  ({ copies, swarms }) => {
    let stay = 0;
    for (let swarm = 0; swarm < swarms; swarm++) {
      const others = Array.from({ length: 300 }, (_, at) =>
        nearRow({ id: `o${at}`, asked: text(60).join(" "), answer: text(60).join(" ") }),
      );
      const [asked, answer] = [text(120), text(150)];
      const alike = Array.from({ length: copies }, (_, at) =>
        nearRow({ id: `s${at}`, asked: edited(asked, 1).join(" "), answer: edited(answer, 1).join(" ") }),
      );
      const left = kept([...alike, ...others]);
      expect(left.filter((id) => id.startsWith("o")).length).toBe(300);
      stay += left.filter((id) => id.startsWith("s")).length;
    }
    expect(stay / (copies * swarms)).toBeLessThanOrEqual(0.125);
  },
);

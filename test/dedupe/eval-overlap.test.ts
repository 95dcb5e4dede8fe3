/** Rows that overlap with a registered eval set are found; what shares its form, its subject or its phrases is not. */
import { describe, expect, it, test } from "vitest";
import { type ComparedRow, findOverlaps } from "../../shared/dedupe/eval-overlap.ts";
import { type EvalRow, readEvalSet } from "../../shared/dedupe/read-eval-set.ts";
import fc from "../unit/property.ts";
import { seeded } from "../unit/seeded.ts";

const random = seeded(7);
const WORDS = Array.from({ length: 3_000 }, (_, at) => `w${at.toString(36)}`);
const text = (count: number): string[] =>
  Array.from({ length: count }, () => WORDS[Math.floor(random() * WORDS.length)] ?? "");

const SET: EvalRow[] = Array.from({ length: 300 }, (_, at) => ({
  line: at + 1,
  question: `Answer with one number. ${text(at % 10 === 0 ? 6 : 45).join(" ")}?`,
  answer: text(30).join(" "),
}));
const row = (id: string, asked: string, answer = "No."): ComparedRow => ({ id, asked, answer });
const questionOf = (line: number) => SET[line - 1]?.question ?? "";

describe("what overlaps", () => {
  it.each<[string, ComparedRow, string, number]>([
    ["the question as it is", row("a", questionOf(12)), "exact", 12],
    ["a short question in other case and punctuation", row("a", questionOf(11).toUpperCase()), "exact", 11],
    [
      "a short question as a line of a longer prompt",
      row("a", `Please help me.\n${questionOf(11)}\nThank you.`),
      "exact",
      11,
    ],
    [
      "thirteen words of the question",
      row("a", `So: ${questionOf(13).split(" ").slice(9, 22).join(" ")}, or what?`),
      "12-gram",
      13,
    ],
    ["the answer inside of an answer", row("a", "Something else", `I say: ${SET[13]?.answer}.`), "12-gram", 14],
  ])("%s", (_, given, how, line) => {
    expect(findOverlaps(SET, [given, row("b", text(50).join(" "))])).toEqual(new Map([["a", { how, line }]]));
  });
});

test("of questions in which every eleventh word was changed, so that no twelve in a row are left, nine in ten are found", () => {
  const long = SET.filter(({ line }) => line % 10 !== 1);
  const changed = long.map(({ line, question }) =>
    row(
      `${line}`,
      question
        .split(" ")
        .map((word, at) => (at % 11 === 5 ? "changed" : word))
        .join(" "),
    ),
  );
  const found = findOverlaps(SET, changed);
  expect(new Set([...found.values()].map(({ how }) => how))).toEqual(new Set(["minhash"]));
  expect([...found].every(([id, { line }]) => id === String(line))).toBe(true);
  expect(found.size).toBeGreaterThanOrEqual(0.9 * long.length);
});

describe("what does not", () => {
  it.each<[string, ComparedRow]>([
    ["other text", row("a", text(60).join(" "), text(60).join(" "))],
    ["the form in which the set asks", row("a", `Answer with one number. ${text(45).join(" ")}?`)],
    ["eleven words of a question", row("a", `So: ${questionOf(13).split(" ").slice(9, 20).join(" ")}, or what?`)],
    ["nothing", row("a", "", "")],
  ])("%s", (_, given) => {
    expect(findOverlaps(SET, [given]).size).toBe(0);
  });

  it("a passage that the task's template and two rows of the set share", () => {
    const passage = text(40).join(" ");
    const set = [
      ...SET,
      ...[1, 2].map((at) => ({ line: 400 + at, question: `${passage} ${text(9).join(" ")}?`, answer: "" })),
    ];
    const tonight = Array.from({ length: 40 }, (_, at) => row(`r${at}`, `${passage} ${text(30).join(" ")}`));
    expect(findOverlaps(set, tonight).size).toBe(0);
    expect([...findOverlaps(set, tonight.slice(0, 3)).keys()]).toEqual(["r0", "r1", "r2"]);
  });
});

test("a large set is looked at in parts, and rows of each part are found", () => {
  const set = Array.from({ length: 9_000 }, (_, at) => ({ line: at + 1, question: text(50).join(" "), answer: "" }));
  const planted = [1, 4_500, 9_000].map((line) => row(`r${line}`, `${set[line - 1]?.question} please`));
  const found = findOverlaps(set, planted);
  expect([...found]).toEqual([1, 4_500, 9_000].map((line) => [`r${line}`, { how: "12-gram", line }]));
});

describe("a set as it is sent", () => {
  it.each([
    [
      '{"messages":[{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":"a"}]}',
      "q",
      "a",
    ],
    ['{"messages":[{"role":"user","content":[{"type":"text","text":"q"}]}]}', "q", ""],
    ['{"prompt":"q","completion":"a"}', "q", "a"],
    ['{"prompt":[{"role":"user","content":"q"}],"completion":[{"role":"assistant","content":"a"}]}', "q", "a"],
    ['{"question":"q","answer":4,"source":"x"}', "q", "4"],
    ['{"input":"q","output":"a"}', "q", "a"],
    ['{"instruction":"q","output":"a"}', "q", "a"],
    ['\uFEFF{"text":"q"}\n\n', "q", ""],
  ])("%s", (jsonl, question, answer) => {
    expect(readEvalSet(jsonl)).toEqual({ ok: true, rows: [{ line: 1, question, answer }] });
  });

  it.each([
    ["", "the set has no rows; send one JSON object a line"],
    ['{"text":"q"}\nnot json', 'line 2: not a JSON object; wrap it, as in {"text":"…"}'],
    ['{"frage":"q"}', "line 1: has none of messages, prompt, question, input, instruction, text; rename its field"],
    ['{"question":{"a":1}}', "line 1: question is neither a text nor a list of messages; send a JSON string"],
    [
      '{"messages":[{"role":"user","content":"q"},5]}',
      "line 1: messages[1] is not a message; send {role, content} with texts",
    ],
    ['{"question":" "}', "line 1: holds no text; take the line out, or fill it"],
  ])("%s is refused with the line and the remedy", (jsonl, error) => {
    expect(readEvalSet(jsonl)).toEqual({ ok: false, errors: [error] });
  });

  it("never throws, and reads every row or tells of one", () => {
    fc.assert(
      fc.property(fc.array(fc.json({ maxDepth: 4 }), { maxLength: 8 }), (lines) => {
        const read = readEvalSet(lines.join("\n"));
        expect(read.ok ? read.rows.length : read.errors.length).toBeGreaterThan(0);
      }),
    );
  });
});

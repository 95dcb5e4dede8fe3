/** Replies: one object of the form that was asked for, with the code of its question, or no verdict. */
import { describe, expect, test } from "vitest";
import { REPLY_CHARS_MAX } from "../../shared/judge/bounds.ts";
import { buildPrompt } from "../../shared/judge/prompt.ts";
import { readPoints, readWinner } from "../../shared/judge/reply.ts";
import { DEFAULT_RUBRIC, type Rubric, rubricOf } from "../../shared/judge/rubric.ts";
import fc from "../unit/property.ts";
import { ATTACKS, says } from "./attacks.ts";

const rubric = DEFAULT_RUBRIC;
const prompt = buildPrompt({
  rubric,
  messages: [says("user", "Hello")],
  answers: [says("assistant", "Hi")],
  seed: "app",
});
const SCORES = { correct: 5, follows: 4, complete: 3, form: 1 };
const points = (fields: object = {}) =>
  JSON.stringify({ code: prompt.code, reason: "Good.", scores: SCORES, ...fields });
const winner = (fields: object = {}) => JSON.stringify({ code: prompt.code, reason: "Good.", winner: "A", ...fields });

describe("a reply by the rubric", () => {
  test("becomes the weighted mean of its criteria, from 0 to 1", () => {
    const weighted = (3 * 1 + 3 * 0.75 + 2 * 0.5 + 1 * 0) / 9;
    const read = readPoints(points(), { prompt, rubric });
    expect(read).toMatchObject({ ok: true, value: { criteria: SCORES } });
    expect(read.ok && read.value.score).toBeCloseTo(weighted, 6);
  });

  test.each([
    [1, 0],
    [5, 1],
  ])("of all %i is %i", (score, expected) => {
    const scores = Object.fromEntries(Object.keys(SCORES).map((name) => [name, score]));
    expect(readPoints(points({ scores }), { prompt, rubric })).toMatchObject({ ok: true, value: { score: expected } });
  });

  test.each([
    ["prose before and after", `Here it is:\n${points()}\nI hope this helps.`],
    ["a code block", `\`\`\`json\n${points()}\n\`\`\``],
    ["white space", `\n\n  ${points()}  \n`],
    ["braces in prose", `Thinking about {this and that} first. ${points()}`],
    ["braces and quotation marks in its reason", points({ reason: 'It says "}" and \\ and {"a": 1}.' })],
  ])("is read with %s", (_, reply) => {
    expect(readPoints(reply, { prompt, rubric })).toMatchObject({ ok: true });
  });

  test.each([
    ["nothing", "", "reply_no_object"],
    ["prose", "I would give it a 4 of 5.", "reply_no_object"],
    ["HTML", "<html><body>502 Bad Gateway</body></html>", "reply_no_object"],
    ["half an object", points().slice(0, -5), "reply_no_object"],
    ["two objects", `${points()} ${points()}`, "reply_many_objects"],
    ["an echo of a verdict beside its own", `The answer says {"winner": "B"}. ${points()}`, "reply_many_objects"],
    ["a list", `[${points()}, ${points()}]`, "reply_many_objects"],
    ["a score of 6", points({ scores: { ...SCORES, form: 6 } }), "reply_wrong_form"],
    ["a score of 0", points({ scores: { ...SCORES, form: 0 } }), "reply_wrong_form"],
    ["a score between", points({ scores: { ...SCORES, form: 4.5 } }), "reply_wrong_form"],
    ["a score as text", points({ scores: { ...SCORES, form: "4" } }), "reply_wrong_form"],
    ["a criterion too few", points({ scores: { correct: 5 } }), "reply_wrong_form"],
    ["a criterion too many", points({ scores: { ...SCORES, kind: 5 } }), "reply_wrong_form"],
    ["a key too many", points({ final: 5 }), "reply_wrong_form"],
    ["the other form", winner(), "reply_wrong_form"],
    ["the code of another question", points({ code: "00000000" }), "reply_wrong_code"],
    ["the mark in it", points({ reason: `${prompt.mark} end` }), "reply_wrong_code"],
    ["a character too many", points({ reason: "x".repeat(REPLY_CHARS_MAX) }), "reply_too_long"],
  ])("is no verdict: %s", (_, reply, because) => {
    expect(readPoints(reply, { prompt, rubric })).toEqual({ ok: false, because });
  });

  test.each(ATTACKS)("is no verdict where it only repeats what was judged: $name", ({ text }) => {
    expect(readPoints(text, { prompt, rubric }).ok).toBe(false);
    expect(readWinner(text, { prompt }).ok).toBe(false);
  });

  test("is read in time that grows with its length", () => {
    for (const piece of ["{", '{"', "}", '"', "\\", '{"a":', "{}"]) {
      expect(readPoints(piece.repeat(REPLY_CHARS_MAX / piece.length), { prompt, rubric }).ok).toBe(false);
    }
  });

  test("never throws, whatever it is", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.json(),
          fc.json().map((json) => `x${json}y`),
        ),
        (reply) => {
          expect(readPoints(reply, { prompt, rubric }).ok).toBe(false);
          expect(readWinner(reply, { prompt }).ok).toBe(false);
        },
      ),
    );
  });
});

describe("a reply to a comparison", () => {
  test.each(["A", "B", "tie"] as const)("says %s", (one) => {
    expect(readWinner(winner({ winner: one }), { prompt })).toEqual({ ok: true, value: one });
  });

  test.each(["a", "C", "Tie", "A and B", 1, null])("is no verdict with %j", (one) => {
    expect(readWinner(winner({ winner: one }), { prompt })).toEqual({ ok: false, because: "reply_wrong_form" });
  });
});

describe("a rubric", () => {
  const own = [{ name: "tone", question: "Is it kind?" }];

  test("of an app is versioned by what it says", () => {
    const version = rubricOf(own).version;
    expect(rubricOf([{ question: "Is it kind?", name: "tone", weight: 1 }]).version).toBe(version);
    expect(rubricOf([{ name: "tone", question: "Is it friendly?" }]).version).not.toBe(version);
    expect(rubricOf([{ ...own[0], weight: 2 }]).version).not.toBe(version);
  });

  test("is the default where an app has none", () => {
    expect(rubricOf(undefined)).toBe(DEFAULT_RUBRIC);
  });

  test.each([
    ["no criteria", []],
    ["too many", Array.from({ length: 9 }, (_, at) => ({ name: `c${at}`, question: "?" }))],
    ["two of one name", [...own, ...own]],
    ["a name that is no name", [{ name: "Tone!", question: "?" }]],
    ["two lines", [{ name: "tone", question: "Is it kind?\nGive 5." }]],
    ["no weight", [{ ...own[0], weight: 0 }]],
    ["more than is known", [{ ...own[0], scale: 10 }]],
  ])("is refused: %s", (_, criteria) => {
    expect(() => rubricOf(criteria)).toThrow();
  });

  test("may have names that objects have anyway", () => {
    const odd: Rubric = { version: "own", criteria: [{ name: "constructor", question: "?", weight: 1 }] };
    expect(readPoints(points({ scores: {} }), { prompt, rubric: odd }).ok).toBe(false);
    const read = readPoints(points({ scores: { constructor: 5 } }), { prompt, rubric: odd });
    expect(read).toMatchObject({ ok: true, value: { score: 1 } });
  });
});

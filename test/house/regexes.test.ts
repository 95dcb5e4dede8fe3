/**
 * No regular expression in the product can take for ever: nothing that repeats without bound holds something that does so too (the
 * form of catastrophic back-tracking), and no two such parts of the same characters stand side by side.
 */
import { expect, test } from "vitest";
import { filesBelow } from "./source-files.ts";

interface Found {
  path: string;
  source: string;
}

/** Literals, after what a value may follow. Comments and strings with slashes don't parse, or hold no group. */
const LITERAL =
  /(?<=(?:[=(,:[!&|?{;]|return|=>)\s{0,200})\/((?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)/g;

function regexesIn({ path, text }: { path: string; text: string }): Found[] {
  return [...text.matchAll(LITERAL)].flatMap(([, source = "", flags = ""]) => {
    try {
      new RegExp(source, flags);
    } catch {
      return [];
    }
    return source.startsWith("*") || source.startsWith("/") ? [] : [{ path, source }];
  });
}

/** Groups that repeat without bound, with what is in them. */
function loopsIn(source: string): string[] {
  const starts: number[] = [];
  const loops: string[] = [];
  for (let at = 0; at < source.length; at++) {
    const character = source[at];
    if (character === "\\") at++;
    else if (character === "[") at = endOfClass(source, at);
    else if (character === "(") starts.push(at);
    else if (character === ")") {
      const start = starts.pop() ?? 0;
      if (/^(?:[*+]|\{\d+,\})/.test(source.slice(at + 1))) loops.push(source.slice(start + 1, at));
    }
  }
  return loops;
}

function endOfClass(source: string, start: number): number {
  let at = start + 1;
  while (at < source.length && source[at] !== "]") at += source[at] === "\\" ? 2 : 1;
  return at;
}

/** Without escapes and classes, so that what is left of `+` and `*` repeats. */
function repeatsWithoutBound(body: string): boolean {
  const bare = body
    .replace(/\\./g, "x")
    .replace(/\[[^\]]*\]/g, "x")
    .replace(/^\?(?:[:=!]|<[=!]|<\w+>)/, "");
  return /[*+]|\{\d+,\}/.test(bare);
}

/** `\s+\s*`, `.*.*`: each stretch can be shared out in as many ways as it has characters. */
const SIDE_BY_SIDE = /(\\[swdSWD]|\.|\[[^\]]+\])[*+]\??\1[*+]/;

/** Each round begins with a dot, which the rest of it cannot match: there is one way alone. */
const KNOWN_LINEAR = new Set<string>([
  String.raw`^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$`,
  String.raw`^response\.(\w+(?:\.\w+)*)\.(added|delta|done)$`,
]);

const ALL = [...filesBelow("shared"), ...filesBelow("workers")].flatMap(regexesIn);

test("there are many, and the test finds them", () => {
  expect(ALL.length).toBeGreaterThan(250);
});

test("none holds a repetition without bound in a repetition without bound", () => {
  const nested = ALL.filter(({ source }) => loopsIn(source).some(repeatsWithoutBound) && !KNOWN_LINEAR.has(source));
  expect(nested).toEqual([]);
});

test("none has two of the same side by side", () => {
  expect(ALL.filter(({ source }) => SIDE_BY_SIDE.test(source))).toEqual([]);
});

test.each(["^(a+)+$", "(?:x*y?)*", "(\\w+\\s?){2,}"])("it would find %s", (source) => {
  expect(loopsIn(source).some(repeatsWithoutBound)).toBe(true);
});

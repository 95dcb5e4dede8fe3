/** The call again, for a shell: whatever was captured, the shell does nothing but that call. */
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ExchangeId } from "../../shared/core/ids.ts";
import type { Json } from "../../shared/core/json.ts";
import { replayOf, shellQuoted } from "../../workers/console/pages/replay.ts";
import { HOSTILE_TEXTS } from "./hostile-texts.ts";

const ORIGIN = "https://winnow.example";
const CALL = {
  id: "019e0000-0000-7000-8000-000000000000" as ExchangeId,
  provider: "openai",
  format: "openai" as const,
  path: "/v1/chat/completions",
  task: "mail",
  capture: "full" as const,
  request: { model: "m", messages: [{ role: "user", content: "Hi" }] } as Json,
};

/** What a shell would call curl with, each argument in hex: the shell itself takes the command apart. */
function argumentsOf(command: string): string[] {
  const script = `curl() { for one in "$@"; do printf '%s' "$one" | od -An -v -tx1 | tr -d ' \\n'; echo; done; }\n${command}`;
  const out = execFileSync("/bin/sh", ["-c", script], {
    env: { ...process.env, WINNOW_KEY: "wk_of_test" },
    cwd: "/",
  });
  return out
    .toString()
    .trimEnd()
    .split("\n")
    .map((hex) => Buffer.from(hex, "hex").toString());
}

describe("the call again", () => {
  test("is the same call, with the key from the environment", () => {
    const args = argumentsOf(replayOf(CALL, ORIGIN) ?? "");
    expect(args[0]).toBe(`${ORIGIN}/openai/v1/chat/completions`);
    expect(args).toContain("authorization: Bearer wk_of_test");
    expect(args).toContain("x-winnow-task: mail");
    expect(args).toContain(`x-winnow-parent: ${CALL.id}`);
    expect(JSON.parse(args.at(-1) ?? "")).toEqual(CALL.request);
  });

  test.each([
    ["anthropic", "x-api-key: wk_of_test"],
    ["google", "x-goog-api-key: wk_of_test"],
  ] as const)("puts the key where %s has it", (format, header) => {
    expect(argumentsOf(replayOf({ ...CALL, format }, ORIGIN) ?? "")).toContain(header);
  });

  test("of hostile text is that text and nothing more", () => {
    for (const text of HOSTILE_TEXTS) {
      const request = { model: text, messages: [{ role: "user", content: text }], [text]: text };
      const args = argumentsOf(replayOf({ ...CALL, task: text, path: `/v1/${text}`, request }, ORIGIN) ?? "");
      expect(JSON.parse(args.at(-1) ?? "")).toEqual(request);
      expect(args).toHaveLength(11);
      expect(args[0]?.startsWith(`${ORIGIN}/openai/v1/`)).toBe(true);
    }
  });

  test("holds no character that hides or turns around what follows", () => {
    const command = replayOf({ ...CALL, request: `\u202e \u200b \u009b \u007f \u{e0041} \u2066` }, ORIGIN) ?? "";
    expect(command.replaceAll("\n", "")).not.toMatch(/[\p{Cf}\p{Cc}]/u);
    expect(command).toContain("\\u202e \\u200b \\u009b \\u007f \\udb40\\udc41");
  });

  test("of a long body fetches it from winnow, and is none where nothing was kept", () => {
    const long = replayOf({ ...CALL, request: "x".repeat(20_000) }, ORIGIN) ?? "";
    expect(long.length).toBeLessThan(2_000);
    expect(long).toContain(`${ORIGIN}/v1/exchanges/${CALL.id}`);
    expect(replayOf({ ...CALL, request: null }, ORIGIN)).toBeUndefined();
    expect(replayOf({ ...CALL, capture: "metadata" }, ORIGIN)).toBeUndefined();
  });
});

test("a quoted text is one word to the shell, the same text", () => {
  const text = fc.string({
    unit: fc.constantFrom("'", '"', "\\", "$", "`", "\n", " ", "!", "a", "ü", ";", "|", "&", "*"),
  });
  fc.assert(
    fc.property(text, (text) => {
      expect(argumentsOf(`curl ${shellQuoted(text)}`)).toEqual([text]);
    }),
    { numRuns: 30 },
  );
});

/** What winnow logs of itself: lines and data points that hold no content and no key, whatever failed. */
import { describe, expect, test } from "vitest";
import { newExchangeId, signExchangeId } from "../../shared/core/ids.ts";
import { LOCAL_CLAIMS, makeKey } from "../../shared/core/keys.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import { dataPointOf, describeError, type Told, tell } from "../../shared/telemetry/tell.ts";
import { launch } from "../../workers/local/launch.ts";
import { filesBelow } from "../house/source-files.ts";
import { eventually } from "../local/launch-stubs.ts";
import fc from "../unit/property.ts";
import { KEY, SECRET, sendCaptures } from "../whole-way/captures.ts";

function lineOf(told: Told): string {
  const lines: string[] = [];
  tell({ print: (line) => void lines.push(line) }, told);
  return lines.join("\n");
}

describe("a line", () => {
  test("is one JSON object with the event, its numbers and its names", () => {
    const line = lineOf({
      event: "taken_in",
      messages: 3,
      ok: true,
      step: "link demo",
      nothing: undefined,
      body: { a: 1 },
    });
    expect(JSON.parse(line)).toEqual({ event: "taken_in", messages: 3, ok: true, step: "link demo" });
  });

  test("tells an error without what it quotes, as V8 quotes the text that it could not parse", () => {
    const thrown = (() => {
      try {
        return JSON.parse("patient has diabetes");
      } catch (error) {
        return error;
      }
    })();
    expect(String(thrown)).toContain("patient");
    expect(lineOf({ event: "failed", error: thrown })).not.toContain("patient");
    expect(describeError(thrown)).toMatch(/^SyntaxError: Unexpected token/);
  });

  test("holds no key and no permission", async () => {
    const signer = new MacSigner(SECRET);
    const key = await makeKey(LOCAL_CLAIMS, signer);
    const id = await signExchangeId(newExchangeId(0, "abc"), signer);
    const line = lineOf({
      event: "console_error",
      path: `/v1/exchanges/${id}`,
      error: new Error(`asked with ${key} and sk-proj-${"a1B2".repeat(12)}`),
    });
    expect(line).not.toContain(key);
    expect(line).not.toContain(id.split(".")[1]);
    expect(line).not.toContain("a1B2a1B2");
    expect(line).toContain(id.split(".")[0]); // which exchange it was may be said
  });

  test("never holds what stands in quotes, whatever it is", () => {
    const quoted = fc.property(fc.string(), fc.constantFrom('"', "`"), (text, quote) => {
      const inner = `CANARY${text.replaceAll(quote, "")}`;
      const error = new Error(`bad value ${quote}${inner}${quote} in row`);
      expect(lineOf({ event: "failed", error })).not.toContain("CANARY");
    });
    fc.assert(quoted);
  });

  test("is bounded, and a listener that throws fails nobody", () => {
    expect(lineOf({ event: "failed", error: new Error("x".repeat(100_000)) }).length).toBeLessThan(400);
    const broken = () => {
      throw new Error("no log today");
    };
    expect(() => tell({ print: broken }, { event: "failed" })).not.toThrow();
  });
});

test("a data point counts the event, labels it, and has its numbers in the order of their names", () => {
  expect(dataPointOf({ event: "step_done", step: "link demo", ms: 12, rows: 3, isLast: true })).toEqual({
    indexes: ["step_done"],
    blobs: ["step_done", "link", "ms,rows"],
    doubles: [1, 12, 3],
  });
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`n${at}`, at]));
  expect(dataPointOf({ event: "e", ...many }).doubles).toHaveLength(20); // what Analytics Engine takes
});

test("points go to the dataset that is bound, lines to the log in any case", () => {
  const points: AnalyticsEngineDataPoint[] = [];
  const lines: string[] = [];
  const dataset = { writeDataPoint: (point?: AnalyticsEngineDataPoint) => void (point && points.push(point)) };
  tell({ print: (line) => void lines.push(line), dataset }, { event: "capture_loss", reason: "capture_refused" });
  expect(points.map(({ blobs }) => blobs?.slice(0, 2))).toEqual([["capture_loss", "capture_refused"]]);
  expect(lines).toHaveLength(1);
});

test("the Workers write no line but through this", () => {
  const direct = filesBelow("workers").filter(
    ({ path, text }) =>
      /^workers\/(gateway|ingest|curator|console)\//.test(path) &&
      !/^workers\/gateway\/beacon/.test(path) &&
      /\bconsole\.\w+\(/.test(text),
  );
  expect(direct.map(({ path }) => path)).toEqual([]);
});

test("real Workers log calls, and what fails, without a word of them", async () => {
  const lines: string[] = [];
  const winnow = await launch({ secrets: { WINNOW_SECRET: SECRET }, log: (line) => void lines.push(line) });
  try {
    const said = { question: "CANARY-question", answer: "CANARY-answer" };
    const told = (event: string) =>
      eventually(event, async () => lines.find((line) => line.includes(`"event":"${event}"`)));
    await sendCaptures(winnow, [{ name: "one", atMs: Date.now(), ...said }]);
    await told("taken_in");
    await (await winnow.db()).prepare("alter table exchanges rename to gone").run();
    await sendCaptures(winnow, [{ name: "two", atMs: Date.now(), ...said, request: '{"CANARY-broken": ' }]);
    await told("take_in_failed");
    await fetch(`${winnow.url}/v1/exchanges`, { headers: { "x-winnow-key": KEY } });
    await told("console_error");
    expect(lines.join("\n")).not.toContain("CANARY");
    expect(lines.join("\n")).not.toContain(KEY);
    for (const line of lines.filter((one) => one.includes('"event"'))) expect(JSON.parse(line)).toHaveProperty("event");
  } finally {
    await winnow.stop();
  }
});

/**
 * Queue, R2 and D1 break, each and all, and a call does not notice: same status, same headers, same bytes. What was
 * captured is found again, or its loss is counted.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../local/launch-stubs.ts";
import type { Faults, Report } from "./broken-gateway.ts";
import { type Answered, callOnce, openCall } from "./open-call.ts";
import type { Answer } from "./provider.ts";
import { keysUnder, lossesOf, placesOf } from "./stored.ts";
import { exchangeOf, startUnderTest, type UnderTest } from "./winnow-under-test.ts";

const EVENTS = Array.from({ length: 40 }, (_, index) => `data: {"n":${index},"text":"größer als ${index} €"}\n\n`);
const JSON_TYPE = { "content-type": "application/json" };
/** What the provider answers, by path. */
const ANSWERS: Record<string, Answer> = {
  "/json": { headers: { ...JSON_TYPE, "x-request-id": "req_1" }, body: '{"id":"1","é":"\\u00e9"}' },
  "/events": { headers: { "content-type": "text/event-stream" }, body: EVENTS.join("") },
  "/error": { status: 429, headers: { ...JSON_TYPE, "retry-after": "7" }, body: '{"error":{}}' },
  "/empty": { status: 204, headers: { "x-request-id": "req_2" } },
};
const PATHS = Object.keys(ANSWERS);

let tested: UnderTest;
const lines: string[] = [];
/** Calls whose capture neither queue nor R2 will take. */
let lost = 0;

beforeAll(async () => {
  const entries = { gateway: join(import.meta.dirname, "broken-gateway.ts") };
  tested = await startUnderTest({ entries, log: (line) => lines.push(line) });
  for (const [path, answer] of Object.entries(ANSWERS)) tested.provider.on(path, () => answer);
});
afterAll(() => tested?.stop());

describe("a call is the same", () => {
  const unharmed = new Map<string, ReturnType<typeof comparable>>();
  const faults: Faults[] = (["fails", "hangs"] as const).flatMap((fault) => [
    { queue: fault },
    { queue: "fails", bucket: fault },
    { queue: "fails", bucket: "fails", database: fault },
  ]);

  beforeAll(async () => {
    for (const path of PATHS) {
      const answer = comparable(await call(path, {}));
      const { status = 200, body = "" } = ANSWERS[path] ?? {};
      expect(answer).toMatchObject({ status, body: Buffer.from(body).toString("hex"), hasId: true });
      unharmed.set(path, answer);
    }
  });

  test.each(faults)("with %j", async (broken) => {
    for (const path of PATHS) expect(comparable(await call(path, broken))).toEqual(unharmed.get(path));
    const last = Object.keys(broken).at(-1) as keyof Faults;
    await reportOf(broken, ({ met }) => met[last] >= PATHS.length); // it was met by every call
  });

  test("chunk by chunk, while all of it is broken", async () => {
    const broken: Faults = { queue: "fails", bucket: "fails", database: "fails" };
    const client = openCall({ ...callOf("/stepped", broken) });
    lost++;
    const { response } = await tested.provider.callTo("/stepped");
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of EVENTS) {
      response.write(event);
      expect((await client.next())?.toString()).toBe(event);
    }
    response.end();
    expect(await client.next()).toBeUndefined();
  });
});

describe("a queue that refuses", () => {
  test("once is asked again", async () => {
    const broken: Faults = { queue: "once" };
    const { headers } = await call("/json", broken);
    const { record } = await exchangeOf(tested.winnow, headers["x-winnow-id"]);
    expect(record).toMatchObject({ status: 200, request: { question: "warum?" } });
    const { met, sent, put } = await reportOf(broken, () => true);
    expect([met.queue, sent.length, put.length]).toEqual([1, 1, 0]);
  });

  test("always leads captures to spill/, where the sweep finds them", async () => {
    const broken: Faults = { queue: "fails", bucket: "works" };
    const before = await settledLosses();
    const answers = await Promise.all(PATHS.map((path) => call(path, broken)));
    const { met, put } = await reportOf(broken, (report) => report.put.length === PATHS.length);
    expect(met.queue).toBe(2 * PATHS.length);
    expect(put.map(({ key }) => key).sort()).toEqual(answers.map((answer) => `spill/${idOf(answer)}`).sort());
    await sweep();
    const [json, events, error, empty] = await Promise.all(
      answers.map(({ headers }) => exchangeOf(tested.winnow, headers["x-winnow-id"])),
    );
    expect(json?.record).toMatchObject({ outcome: "complete", response: { id: "1" } });
    expect(Buffer.from(events?.record.rawResponse ?? "", "base64").toString()).toBe(EVENTS.join(""));
    expect(error?.row).toMatchObject({ outcome: "upstream_error", status: 429 });
    expect(empty?.row).toMatchObject({ outcome: "complete", status: 204 });
    expect(
      (await keysUnder(tested.winnow, "spill/")).filter((key) => put.some((object) => object.key === key)),
    ).toEqual([]);
    expect((await lossesOf(tested.winnow)).capture_refused).toBe(before);
  });

  test("has its captures taken in once, and not before they are old enough", async () => {
    const broken: Faults = { queue: "fails", database: "works" };
    const answer = await call("/json", broken);
    await reportOf(broken, ({ put }) => put.length === 1);
    await tested.winnow.scheduled("ingest");
    expect(await keysUnder(tested.winnow, "spill/")).toContain(`spill/${idOf(answer)}`);
    await Promise.all([sweep(), sweep()]);
    await exchangeOf(tested.winnow, answer.headers["x-winnow-id"]);
    const places = await placesOf(tested.winnow, idOf(answer));
    expect(places.filter((place) => !place.startsWith("segments/"))).toEqual(["table exchanges"]);
  });
});

describe.concurrent("what hangs has failed", () => {
  const whatWaits: [Faults, string][] = [
    [{ queue: "hangs", bucket: "works", database: "works" }, "the queue: captures are spilled"],
    [{ queue: "fails", bucket: "hangs", database: "works" }, "R2 too: they are counted as lost, by their ids"],
  ];

  test.each(whatWaits)("%j, %s", async (broken) => {
    const answer = await call("/json", broken);
    const isLost = broken.bucket === "hangs";
    await eventually("the end of the wait", async () => {
      const spilled = await keysUnder(tested.winnow, "spill/");
      const told = lines.some((line) => line.includes("capture_loss") && line.includes(idOf(answer)));
      return (isLost ? told : spilled.includes(`spill/${idOf(answer)}`)) ? true : undefined;
    });
  });
});

describe("a loss", () => {
  test("of what queue and R2 both refuse is counted", async () => {
    const before = await settledLosses();
    for (const path of PATHS) await call(path, { queue: "fails", bucket: "fails", database: "works" });
    await eventually("the losses", async () => ((await counted()) >= before + PATHS.length ? true : undefined));
    expect(await counted()).toBe(before + PATHS.length);
  });

  test("that D1 does not take is counted once it works again, with the next capture", async () => {
    const before = await settledLosses();
    const broken: Faults = { database: "fails", bucket: "fails", queue: "fails" };
    for (const path of PATHS) await call(path, broken);
    const { met } = await reportOf(broken, (report) => report.met.database >= PATHS.length);
    expect(met).toMatchObject({ queue: 2 * PATHS.length, bucket: PATHS.length });
    expect(await counted()).toBe(before);
    const { headers } = await call("/json", {});
    await exchangeOf(tested.winnow, headers["x-winnow-id"]);
    expect(await counted()).toBe(before + PATHS.length);
  });
});

/** Calls of the same faults, spelled in the same order, share a report. */
function callOf(path: string, faults: Faults) {
  return {
    url: tested.url,
    path: `/raw${path}`,
    headers: {
      ...JSON_TYPE,
      "x-winnow-key": tested.key,
      "x-faults": JSON.stringify({ name: nameOf(faults), ...faults }),
    },
    body: '{"question":"warum?"}',
  };
}

async function counted(): Promise<number> {
  return (await lossesOf(tested.winnow)).capture_refused ?? 0;
}

/** Once all that was lost so far is told and counted, that of D1's outages too, which the next capture brings. */
async function settledLosses(): Promise<number> {
  const told = () => lines.filter((line) => line.includes('"capture_refused"')).length;
  await eventually(`${lost} losses in the log`, async () => (told() === lost ? true : undefined));
  await eventually(`${lost} losses in D1`, async () => {
    await call("/json", {});
    return (await counted()) === lost ? true : undefined;
  });
  return lost;
}

function call(path: string, faults: Faults): Promise<Answered> {
  const { queue = "works", bucket = "works" } = faults;
  if (queue !== "works" && queue !== "once" && bucket !== "works" && bucket !== "once") lost++;
  return callOnce(callOf(path, faults));
}

function nameOf(faults: Faults): string {
  return JSON.stringify(faults);
}

/** What has come of the calls with these faults, once there is enough of it. */
function reportOf(faults: Faults, enough: (report: Report) => boolean): Promise<Report> {
  return eventually(`the report on ${nameOf(faults)}`, async () => {
    const response = await fetch(`${tested.url}/faults?name=${encodeURIComponent(nameOf(faults))}`);
    const report = (await response.json()) as Report;
    return enough(report) ? report : undefined;
  });
}

function idOf({ headers }: Answered): string {
  return String(headers["x-winnow-id"]).split(".")[0] ?? "";
}

/** All but what is of this one call. */
function comparable({ status, headers, body }: Answered) {
  const { "x-winnow-id": id, date: _date, ...others } = headers;
  return { status, headers: others, body: body.toString("hex"), hasId: id !== undefined };
}

/** As if two minutes had gone by. */
function sweep(): Promise<void> {
  return tested.winnow.scheduled("ingest", undefined, new Date(Date.now() + 120_000));
}

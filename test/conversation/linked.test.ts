/** Who called, and in which conversation, where no header says it: in the real Workers. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { LOCAL_CLAIMS, makeKey } from "../../shared/core/keys.ts";
import { sideOf } from "../../shared/split/side.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { live, UP } from "../night/nights.ts";
import { detailOf, idOf, runNight, SECRET, SIGNER, takeIn, type Wanted } from "../whole-way/captures.ts";

const DAY_MS = 24 * 3_600_000;
const NOON_MS = Date.UTC(2026, 5, 1, 12);
const ADMIN = await makeKey({ ...LOCAL_CLAIMS, app: "open", scopes: ["admin"] }, SIGNER);

let winnow: Winnow;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
});
afterAll(() => winnow?.stop());

/** A call that sends these texts, the user's and the model's by turns. */
function chat(options: { name: string; atMs: number; system: string; texts: string[]; fields?: object }): Wanted {
  const { name, atMs, system, texts, fields } = options;
  const spoken = texts.map((content, at) => ({ role: at % 2 === 0 ? "user" : "assistant", content }));
  const messages = [{ role: "system", content: system }, ...spoken];
  return { name, atMs, request: JSON.stringify({ model: "gpt-4o-mini", messages, ...fields }) };
}

function response(options: { name: string; atMs: number; input: string; previous?: string }): Wanted {
  const { name, atMs, input, previous } = options;
  const output = [{ type: "message", role: "assistant", content: [{ type: "output_text", text: `Answer ${name}.` }] }];
  return {
    name,
    atMs,
    request: JSON.stringify({ model: "gpt-5-mini", input, previous_response_id: previous }),
    response: JSON.stringify({ id: `resp_${name}`, object: "response", status: "completed", output }),
    header: { path: "/v1/responses" },
  };
}

async function conversationsOf(wanted: readonly Wanted[]): Promise<unknown[]> {
  const details = await Promise.all(wanted.map((one) => detailOf(winnow, idOf(one))));
  return details.map(({ conversation }) => conversation);
}

function night(fromMs: number) {
  const body = { from: new Date(fromMs).toISOString(), to: new Date(fromMs + DAY_MS).toISOString() };
  return runNight(winnow, body);
}

test("a call that extends an earlier one is of its conversation, over a system prompt that tells the time, and over nights", async () => {
  const first = chat({ name: "a1", atMs: NOON_MS, system: "It is noon.", texts: ["Hello?"] });
  const second = chat({
    name: "a2",
    atMs: NOON_MS + 60_000,
    system: "It is past noon.",
    texts: ["Hello?", "Answer a1.", "Where is my parcel?"],
  });
  const third = chat({
    name: "a3",
    atMs: NOON_MS + DAY_MS,
    system: "It is another day.",
    texts: ["Hello?", "Answer a1.", "Where is my parcel?", "Answer a2.", "Still not here."],
  });
  const stranger = chat({
    name: "a4",
    atMs: NOON_MS + 120_000,
    system: "It is late.",
    texts: ["Hello?", "No.", "Why?"],
  });
  await takeIn(winnow, [first, second, third, stranger]);
  expect(new Set(await conversationsOf([first, second, third, stranger])).size).toBe(4);
  await night(NOON_MS - 3_600_000);
  await night(NOON_MS - 3_600_000 + DAY_MS);
  const [a1, a2, a3, a4] = await conversationsOf([first, second, third, stranger]);
  expect([a2, a3]).toEqual([a1, a1]);
  expect(a4).not.toBe(a1);
  const trails = await Promise.all([first, second, third].map((one) => detailOf(winnow, idOf(one))));
  const sides = trails.flatMap(({ trail }) => trail.map(({ side }) => side)).filter((side) => side !== null);
  expect(sides.length).toBeGreaterThan(1);
  expect(new Set(sides).size).toBe(1);
});

test("previous_response_id is followed, over nights", async () => {
  const atMs = NOON_MS + 40 * DAY_MS;
  const first = response({ name: "b1", atMs, input: "Hello." });
  const second = response({ name: "b2", atMs: atMs + 60_000, input: "Go on.", previous: "resp_b1" });
  const third = response({ name: "b3", atMs: atMs + DAY_MS, input: "Go on.", previous: "resp_b2" });
  await takeIn(winnow, [first, second, third]);
  expect((await conversationsOf([second, third])).every((conversation) => conversation === null)).toBe(true);
  await night(atMs - 3_600_000);
  await night(atMs - 3_600_000 + DAY_MS);
  const [b1, b2, b3] = await conversationsOf([first, second, third]);
  expect(b1).toMatch(/^[0-9a-f]{16}$/);
  expect([b2, b3]).toEqual([b1, b1]);
});

test("an answer that was exported before its conversation was known keeps all of it on its side", async () => {
  const atMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - 30 * DAY_MS + DAY_MS / 2; // ids are the permission to vote for some months
  const names = Array.from({ length: 24 }, (_, at) => `f${at}`);
  const firsts = names.map((name, at) => response({ name, atMs: atMs + at, input: `Hello, it is about ${name}.` }));
  const seconds = names.map((name, at) => ({
    ...response({
      name: `${name} then`,
      atMs: atMs + 60_000 + at,
      input: `Go on with ${name}.`,
      previous: `resp_${name}`,
    }),
    said: [UP],
  }));
  await live(winnow, seconds);
  await night(atMs - 3_600_000);
  await takeIn(winnow, firsts);
  await night(atMs - 3_600_000);
  const sides = async (wanted: readonly Wanted[], at: number) =>
    Promise.all(wanted.map(async (one) => (await detailOf(winnow, idOf(one))).trail.at(at)?.side));
  const exportedOn = await sides(seconds, 0);
  expect(await sides(firsts, -1)).toEqual(exportedOn);
  expect(await sides(seconds, -1)).toEqual(exportedOn);
  const byHash = (await conversationsOf(firsts)).map((group) => sideOf({ app: "demo", group: String(group) }));
  expect(byHash.some((side, at) => side !== exportedOn[at])).toBe(true);
});

test.each([
  ["OpenAI's safety_identifier, before its user", { safety_identifier: "ada", user: "bob" }, {}],
  ["OpenAI's user", { user: "ada" }, {}],
  ["Anthropic's metadata.user_id", { metadata: { user_id: "ada", session_id: "s 1" } }, { session: "s 1" }],
])("the user is told by %s, and kept as a keyed hash in every place", async (what, fields, more) => {
  const wanted = chat({ name: what, atMs: NOON_MS - 20 * DAY_MS, system: "Be kind.", texts: [what], fields });
  const header = { name: `${what} by header`, header: { user: "ada" } };
  const byHeader = { ...chat({ ...header, atMs: wanted.atMs, system: "", texts: [what] }), ...header };
  await takeIn(winnow, [wanted, byHeader]);
  const [detail, other] = await Promise.all([wanted, byHeader].map((one) => detailOf(winnow, idOf(one))));
  expect(detail).toMatchObject({ user: expect.stringMatching(/^u_[\w-]{22}$/), ...more });
  expect(detail?.user).toBe(other?.user);
  expect(JSON.stringify(detail)).not.toMatch(/"(ada|bob)"/);
});

test("the user is kept as it is where the app says so", async () => {
  const settings = await fetch(`${winnow.url}/v1/settings`, {
    method: "PUT",
    headers: { "x-winnow-key": ADMIN },
    body: JSON.stringify({ userIds: "plain" }),
  });
  expect(settings.status).toBe(200);
  const wanted = chat({ name: "plain", atMs: NOON_MS, system: "", texts: ["Hi."], fields: { user: "ada" } });
  const header = { ...wanted.header, app: "open" };
  const one = { ...wanted, header };
  await takeIn(winnow, [one]);
  const detail = await fetch(`${winnow.url}/v1/exchanges/${idOf(one)}`, { headers: { "x-winnow-key": ADMIN } });
  expect(await detail.json()).toMatchObject({ user: "ada", request: { user: "ada" } });
});

test("what the user says next is feedback on the answer before: of a kind of its own, once, and with little weight", async () => {
  const atMs = NOON_MS + 80 * DAY_MS;
  const user = { user: "ada" };
  const asked = chat({ name: "n1", atMs, system: "", texts: ["Where is parcel 4711?"], fields: user });
  const complaint = chat({
    name: "n2",
    atMs: atMs + 60_000,
    system: "",
    texts: ["Where is parcel 4711?", "Answer n1.", "That's wrong."],
    fields: user,
  });
  const thanks = chat({
    name: "n3",
    atMs: atMs + 120_000,
    system: "",
    texts: ["Where is parcel 4711?", "Answer n1.", "That's wrong.", "Answer n2.", "Thanks!"],
    fields: user,
  });
  const left = {
    ...chat({ name: "n4", atMs, system: "", texts: ["Anyone there?"] }),
    header: { outcome: "client_aborted" as const },
  };
  await takeIn(winnow, [asked, complaint, thanks, left]);
  for (let twice = 0; twice < 2; twice++) await night(atMs - 3_600_000);
  const details = await Promise.all([asked, complaint, thanks, left].map((one) => detailOf(winnow, idOf(one))));
  const said = details.map(({ feedback }) => feedback.map(({ kind, value }) => [kind, value]));
  expect(said).toEqual([[["next", "complaint"]], [["next", "thanks"]], [], [["next", "left"]]]);
  expect(details[0]?.verdict.pGood).toBeLessThan(0.5);
  expect(details[1]?.verdict.pGood).toBeGreaterThan(0.5);
  expect(details[0]?.feedback[0]?.actor).toBe(details[0]?.user);
  expect(details[0]?.trail[0]?.reason).toBe("no_label"); // it ranks, and never labels
});

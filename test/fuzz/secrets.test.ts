/** After a day of calls, errors, feedback, a night and settings: no key is in a log, in what is stored, or in an error. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { placesOf } from "../gateway/stored.ts";
import { eventually } from "../local/launch-stubs.ts";
import { KEY, runNight, SECRET } from "../whole-way/captures.ts";

const CALLERS = "sk-callers-own-0123456789abcdefghijklmn";
const VAULTS = "sk-of-the-vault-0123456789abcdefghijklm";
/** What nobody may find: the part of winnow's key that is secret is its mac. */
const SECRETS = { winnow: SECRET, mac: KEY.split("_").at(-1) ?? "", callers: CALLERS, vaults: VAULTS };

let winnow: Winnow;
let provider: ReturnType<typeof createServer>;
const logs: string[] = [];
const answers: string[] = [];

beforeAll(async () => {
  provider = createServer((request, response) => {
    request.resume().on("end", () => {
      const fails = request.url?.includes("fails");
      response.writeHead(fails ? 401 : 200, { "content-type": "application/json" });
      response.end(
        JSON.stringify(
          fails
            ? { error: { message: "bad key" } }
            : { choices: [{ message: { role: "assistant", content: "Yes." } }] },
        ),
      );
    });
  }).listen(0, "127.0.0.1");
  await once(provider, "listening");
  const baseUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  winnow = await launch({
    secrets: { WINNOW_SECRET: SECRET, DESK_API_KEY: VAULTS },
    providers: { desk: { baseUrl, format: "openai" }, gone: { baseUrl: "http://127.0.0.1:9", format: "openai" } },
    log: (line) => logs.push(line),
  });
});
afterAll(async () => {
  await winnow?.stop();
  provider?.close();
});

async function send(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(winnow.url + path, init);
  answers.push(JSON.stringify([...response.headers]), await response.clone().text());
  return response;
}

test("grep finds none of them", async () => {
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "Is it there?" }] });
  const ways: Record<string, string>[] = [
    { "x-winnow-key": KEY, authorization: `Bearer ${CALLERS}` },
    { authorization: `Bearer ${KEY}` },
    { "x-api-key": KEY },
    { "x-goog-api-key": KEY, "x-api-key": CALLERS },
    { authorization: `Bearer ${KEY.slice(0, -2)}xx`, "x-api-key": CALLERS },
  ];
  let id: string | null = null;
  for (const headers of ways) {
    for (const path of [
      "/desk/v1/chat/completions",
      "/desk/fails",
      "/gone/v1/chat/completions",
      `/desk/v1/x?key=${KEY}`,
      "/nowhere/v1",
    ]) {
      const response = await send(path, {
        method: "POST",
        body,
        headers: { ...headers, "content-type": "application/json" },
      });
      if (response.status === 200) id ??= response.headers.get("x-winnow-id");
    }
  }
  const admin = { "x-winnow-key": KEY };
  await send("/v1/feedback", { method: "POST", body: JSON.stringify({ id, kind: "thumb", value: "up" }) });
  for (const wrong of ["{", JSON.stringify({ providerKeys: CALLERS }), JSON.stringify({ [CALLERS]: 1 })]) {
    await fetch(`${winnow.url}/v1/settings`, { method: "PUT", body: wrong, headers: admin });
  }
  for (const path of [
    "/v1/health",
    "/v1/settings",
    "/v1/keys",
    "/v1/exchanges",
    "/v1/batches",
    `/v1/exchanges/${id}`,
  ]) {
    await eventually(path, async () => ((await send(path, { headers: admin })).status === 200 ? true : undefined));
  }
  await runNight(winnow, { maturationHours: 0 });
  for (const path of ["/", "/console", "/docs"]) await send(path, { headers: admin });

  expect(answers.length).toBeGreaterThan(60);
  expect(logs.length).toBeGreaterThan(0);
  for (const [name, secret] of Object.entries(SECRETS)) {
    expect([name, await placesOf(winnow, secret)]).toEqual([name, []]);
    expect([name, logs.filter((line) => line.includes(secret))]).toEqual([name, []]);
    expect([name, answers.filter((answer) => answer.includes(secret))]).toEqual([name, []]);
  }
});

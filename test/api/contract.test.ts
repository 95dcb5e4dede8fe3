/** What clients were promised: routes, scopes, parameters and fields, in the document and in what is answered. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { LOCAL_CLAIMS, makeKey, SCOPES, type Scope } from "../../shared/core/keys.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { api, detailOf, idOf, KEY, SECRET, SIGNER, say, signedIdOf, takeIn } from "../whole-way/captures.ts";

interface Operation {
  parameters: { name: string; in: string }[];
  security: { winnowKey: [Scope] }[];
}

let winnow: Winnow;
let document: { paths: Record<string, Record<string, Operation>> };

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  document = (await (await fetch(`${winnow.url}/openapi.json`)).json()) as typeof document;
});
afterAll(() => winnow?.stop());

/** What clients rely on: the contract's routes, with one of the scopes that each takes, and its query parameters. */
const PROMISED: [route: string, scope: Scope | undefined, ...query: string[]][] = [
  ["post /v1/feedback", undefined],
  ["post /v1/exchanges", "proxy"],
  ["post /v1/runs", "admin"],
  ["get /v1/runs/{id}", "admin"],
  ["get /v1/batches", "pull", "app", "task", "since", "status"],
  ["get /v1/batches/latest", "pull", "task"],
  ["get /v1/batches/{id}", "pull"],
  ["get /v1/batches/{id}/files/{file}", "pull", "format"],
  ["get /v1/batches/{id}/card", "pull"],
  ["post /v1/batches/{id}/release", "admin"],
  ["get /v1/exchanges", "pull", "app", "task", "session", "from", "to", "verdict", "cursor"],
  ["get /v1/exchanges/{id}", "pull"],
  ["delete /v1/exchanges/{id}", "admin"],
  ["delete /v1/users/{user}", "admin"],
  ["post /v1/keys", "admin"],
  ["get /v1/keys", "admin"],
  ["delete /v1/keys/{id}", "admin"],
  ["get /v1/tasks", "pull"],
  ["get /v1/tasks/{task}/readiness", "pull"],
  ["get /v1/health", "admin"],
];

test.each(PROMISED)("%s is described as it was promised", (route, scope, ...query) => {
  const [method = "", path = ""] = route.split(" ");
  const { security = [], parameters = [] } = document.paths[path]?.[method] ?? {};
  expect(Object.keys(document.paths[path] ?? {})).toContain(method);
  const scopes = security.map(({ winnowKey: [one] }) => one);
  expect(scope === undefined ? scopes : scopes.includes(scope)).toEqual(scope === undefined ? [] : true);
  expect(parameters.filter((one) => one.in === "query").map(({ name }) => name)).toEqual(expect.arrayContaining(query));
});

test("a key of one scope is let through where the document has that scope, and nowhere else", async () => {
  const differs: unknown[] = [];
  for (const scope of SCOPES) {
    const key = await makeKey({ ...LOCAL_CLAIMS, scopes: [scope] }, SIGNER);
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, { security }] of Object.entries(methods)) {
        const address = path.replace(/\{\w+\}/g, "00000000-0000-7000-8000-000000000000");
        const body = method === "post" || method === "put" ? '{"nothing":"of the kind"}' : null;
        const init = { method: method.toUpperCase(), key, body, redirect: "manual" as const };
        const { status } = await api(winnow, address, init);
        const may = security.length === 0 || security.some(({ winnowKey }) => winnowKey[0] === scope);
        // without a scope of its own, it is the bare id of an event that a key has to allow
        if (security.length > 0 && (status === 403) === may) differs.push([scope, method, path, status]);
      }
    }
  }
  expect(differs).toEqual([]);
});

test("the key may stand in every header where a provider's SDK puts its own", async () => {
  for (const name of ["x-winnow-key", "x-api-key", "x-goog-api-key", "api-key", "authorization"]) {
    const headers = { [name]: name === "authorization" ? `Bearer ${KEY}` : KEY };
    expect([name, (await fetch(`${winnow.url}/v1/tasks`, { headers })).status]).toEqual([name, 200]);
  }
  const none = await fetch(`${winnow.url}/v1/tasks`, { headers: { "x-winnow-key": "", authorization: "Bearer sk-1" } });
  expect([none.status, await none.json()]).toMatchObject([401, { error: { code: "key_missing" } }]);
});

test("an exchange has every field that was promised, by its bare id and by its signed one", async () => {
  const asked = { name: "promised", atMs: Date.now(), header: { user: "ada", session: "s" } };
  await takeIn(winnow, [asked]);
  await say(winnow, [{ id: await signedIdOf(asked), kind: "thumb", value: "up" }]);
  const detail = await detailOf(winnow, await signedIdOf(asked));
  const fields =
    "id app task template user session provider format model lineage at status outcome streamed finishReason inputTokens " +
    "outputTokens usageEstimated costUsd firstByteMs durationMs request response messages feedback verdict trail";
  expect(Object.keys(detail)).toEqual(expect.arrayContaining(fields.split(" ")));
  expect(Object.keys(detail.feedback[0] ?? {})).toEqual(["kind", "value", "text", "actor", "at"]);
  expect(Object.keys(detail.verdict)).toEqual(["pGood", "grounds"]);
  expect(await detailOf(winnow, idOf(asked))).toEqual(detail);
});

test("a cursor that is none is refused, and not taken for the beginning", async () => {
  const response = await api(winnow, "/v1/exchanges?cursor=nonsense");
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining("cursor: is the `next` of")]);
});

/** Tokens of Cloudflare Access: of our team, for our application, not over, of somebody who is named. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { Access, accessOf, readPeople } from "../../workers/console/access.ts";
import { launch } from "../../workers/local/launch.ts";

import { SECRET } from "../whole-way/captures.ts";
import { formOf } from "./visitor.ts";

const ISSUER = "https://team.cloudflareaccess.com";
const AUDIENCE = "tag-of-this-application";
const NOW = Date.UTC(2026, 10, 23);
const PEOPLE = '{"ann@example.com":{"app":"demo","role":"admin"},"bob@example.com":{"app":"shop","role":"viewer"}}';
const keys = await generateKeyPair("RS256", { extractable: true });
const strangers = await generateKeyPair("RS256");
const published = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: "k1", alg: "RS256" }] };

interface Claims {
  email?: string | undefined;
  issuer?: string;
  audience?: string;
  startS?: number;
  endS?: number | undefined;
}

function token(claims: Claims = {}, key = keys.privateKey): Promise<string> {
  const startS = claims.startS ?? NOW / 1_000 - 60;
  const {
    email,
    issuer = ISSUER,
    audience = AUDIENCE,
    endS,
  } = { email: "ann@example.com", endS: startS + 3_600, ...claims };
  const jwt = new SignJWT(email === undefined ? {} : { email }).setProtectedHeader({ alg: "RS256", kid: "k1" });
  jwt.setIssuer(issuer).setAudience([audience, "another"]).setIssuedAt(startS);
  return (endS === undefined ? jwt : jwt.setExpirationTime(endS)).sign(key);
}

function access(people = PEOPLE): Access {
  const settings = { issuer: ISSUER, audience: AUDIENCE, people: readPeople(people) };
  return new Access({ ...settings, keys: createLocalJWKSet(published) });
}

describe("a token of Access", () => {
  test("says who it is, with the app and the role that the variable gives them", async () => {
    expect(await access().person(await token(), NOW)).toMatchObject({
      email: "ann@example.com",
      app: "demo",
      role: "admin",
    });
    const bob = await token({ email: "bob@example.com" });
    expect(await access().person(bob, NOW)).toMatchObject({ app: "shop", role: "viewer" });
  });

  test.each<[string, Claims]>([
    ["of another team", { issuer: "https://other.cloudflareaccess.com" }],
    ["for another application", { audience: "tag-of-another" }],
    ["that is over", { startS: NOW / 1_000 - 7_200 }],
    ["without an end", { endS: undefined }],
    ["without an address, as a service has it", { email: undefined }],
    ["of somebody who isn't named", { email: "eve@example.com" }],
    ["of somebody called as a part of every object", { email: "constructor" }],
  ])("%s opens nothing", async (_what, claims) => {
    expect(await access().person(await token(claims), NOW)).toBeUndefined();
  });

  test("signed by others, by no one, or by our public key as a password opens nothing", async () => {
    expect(await access().person(await token({}, strangers.privateKey), NOW)).toBeUndefined();
    const [, payload = ""] = (await token()).split(".");
    const header = btoa('{"alg":"none"}').replaceAll("=", "");
    expect(await access().person(`${header}.${payload}.`, NOW)).toBeUndefined();
    const secret = new TextEncoder().encode(JSON.stringify(published.keys[0]));
    const claims = { email: "ann@example.com", iss: ISSUER, aud: AUDIENCE, iat: NOW / 1_000, exp: NOW / 1_000 + 60 };
    const hmac = await new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: "k1" }).sign(secret);
    expect(await access().person(hmac, NOW)).toBeUndefined();
    expect(await access().person("not a token", NOW)).toBeUndefined();
  });

  test("of anybody else is what * says, where there is one", async () => {
    const all = access('{"*":{"app":"demo","role":"viewer"}}');
    expect(await all.person(await token({ email: "eve@example.com" }), NOW)).toMatchObject({ role: "viewer" });
  });
});

describe("the variables", () => {
  test("that are not set turn Access off; half of them, or a wrong form, is an error and no open door", () => {
    const none = () => Promise.reject(new Error("no network"));
    expect(accessOf({}, none)).toBeUndefined();
    expect(() => accessOf({ ACCESS_TEAM: ISSUER }, none)).toThrow(/go together/);
    expect(() => accessOf({ ACCESS_AUDIENCE: AUDIENCE }, none)).toThrow(/go together/);
    for (const text of ["[", '{"a":{"app":"demo","role":"owner"}}', '{"a":{"app":"No App","role":"admin"}}']) {
      expect(() => readPeople(text)).toThrow(/ACCESS_PEOPLE/);
    }
  });

  test("lead to the team's own keys", async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.setHeader("content-type", "application/json").end(JSON.stringify(published));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const team = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const variables = { ACCESS_TEAM: `${team}/`, ACCESS_AUDIENCE: AUDIENCE, ACCESS_PEOPLE: PEOPLE };
      const remote = accessOf(variables, (url, options) => fetch(url, options as RequestInit));
      const person = await remote?.person(await token({ issuer: team }), NOW);
      expect(person).toMatchObject({ email: "ann@example.com", role: "admin" });
      expect(asked).toEqual(["/cdn-cgi/access/certs"]);
    } finally {
      server.close();
    }
  });
});

test("the pages open to a token of Access, and its forms are its own", async () => {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify(published));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const team = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const vars = { ACCESS_TEAM: team, ACCESS_AUDIENCE: AUDIENCE, ACCESS_PEOPLE: PEOPLE };
  const winnow = await launch({ secrets: { WINNOW_SECRET: SECRET }, vars });
  try {
    const startS = Math.floor(Date.now() / 1_000) - 60;
    const headersOf = async (email: string) => ({
      "cf-access-jwt-assertion": await token({ email, issuer: team, startS }),
      origin: winnow.url,
    });
    const ann = await headersOf("ann@example.com");
    const open = (path: string, headers: Record<string, string>) =>
      fetch(winnow.url + path, { headers, redirect: "manual" });
    const page = await (await open("/console/settings", ann)).text();
    expect(page).toContain("ann@example.com, admin");
    const post = (headers: Record<string, string>) => {
      const body = new URLSearchParams({ form: formOf(page), scope: "pull" });
      return fetch(`${winnow.url}/console/settings/keys`, { method: "POST", headers, body, redirect: "manual" });
    };
    expect((await post(ann)).status).toBe(200);
    expect((await post(await headersOf("bob@example.com"))).status).toBe(403);
    expect((await open("/console/settings", await headersOf("bob@example.com"))).status).toBe(403);
    expect((await open("/console", await headersOf("eve@example.com"))).status).toBe(303);
    expect((await open("/console", { "cf-access-jwt-assertion": "x.y.z" })).status).toBe(303);
  } finally {
    await winnow.stop();
    server.close();
  }
});

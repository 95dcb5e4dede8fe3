/** One contract for every limiter: Cloudflare's binding as Miniflare has it, and Upstash in front of a real Redis. */
import { randomUUID } from "node:crypto";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { LIMITER_WAIT_MS_MAX } from "../../shared/core/limits.ts";
import type { Limiter, Taken } from "../../workers/gateway/limiter.ts";
import { BindingLimiter } from "../../workers/gateway/limiter-binding.ts";
import { UpstashLimiter } from "../../workers/gateway/limiter-upstash.ts";
import { HAS_REDIS, type Shim, startShim, TOKEN } from "./upstash-shim.ts";
import { wholeMinute } from "./whole-minute.ts";

if (!HAS_REDIS) console.warn("limiters: skipped for Upstash, redis-server is not there (apt-get install redis-server)");

function isRefused(taken: Taken): boolean {
  return !taken.ok;
}

function keepsTheContract(limiter: () => Limiter): void {
  beforeEach(wholeMinute);

  test("lets through what is allowed in a minute, then refuses and says for how long", async () => {
    const key = randomUUID();
    for (let call = 0; call < 10; call++) expect(await limiter().take({ key, perMinute: 10 })).toEqual({ ok: true });
    const refused = await limiter().take({ key, perMinute: 10 });
    if (refused.ok) throw new Error("the eleventh call was let through");
    expect(refused.retryAfterS).toBeGreaterThanOrEqual(1);
    expect(refused.retryAfterS).toBeLessThanOrEqual(60);
  });

  test("counts calls that come at once, none of them twice", async () => {
    const key = randomUUID();
    const taken = await Promise.all(Array.from({ length: 30 }, () => limiter().take({ key, perMinute: 10 })));
    expect(taken.filter(isRefused)).toHaveLength(20);
  });

  test("counts every key by itself", async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    for (let call = 0; call < 11; call++) await limiter().take({ key: one, perMinute: 10 });
    expect(isRefused(await limiter().take({ key: one, perMinute: 10 }))).toBe(true);
    expect(isRefused(await limiter().take({ key: other, perMinute: 10 }))).toBe(false);
  });

  test("takes any key: empty, long, and in any script", async () => {
    for (const key of ["", "x".repeat(5_000), "ключ 🔑 \u0000", "a:b:c"]) {
      expect((await limiter().take({ key, perMinute: 300 })).ok).toBe(true);
    }
  });
}

describe("Cloudflare's binding", () => {
  let miniflare: Miniflare;
  let limiter: BindingLimiter;
  beforeAll(async () => {
    const ratelimits = {
      TEN: { namespace_id: "1", simple: { limit: 10, period: 60 as const } },
      MANY: { namespace_id: "2", simple: { limit: 300, period: 60 as const } },
    };
    const script = "export default { fetch() { return new Response() } }";
    miniflare = new Miniflare(convertV4MiniflareOptions({ modules: true, script, ratelimits }));
    const { TEN, MANY } = await miniflare.getBindings<{ TEN: RateLimit; MANY: RateLimit }>();
    limiter = new BindingLimiter([
      { perMinute: 300, binding: MANY },
      { perMinute: 10, binding: TEN },
    ]);
  });
  afterAll(() => miniflare?.dispose());

  keepsTheContract(() => limiter);

  test("holds a limit between two steps to the lower, and one below all to the lowest", async () => {
    for (const perMinute of [1, 299]) {
      const key = randomUUID();
      const taken = [];
      for (let call = 0; call < 12; call++) taken.push(await limiter.take({ key, perMinute }));
      expect(taken.filter(isRefused)).toHaveLength(2);
    }
  });

  test("that fails lets the call through, and says so", async () => {
    const broken = { limit: () => Promise.reject(new Error("gone")) } as unknown as RateLimit;
    const taken = await new BindingLimiter([{ perMinute: 10, binding: broken }]).take({ key: "k", perMinute: 10 });
    expect(taken).toEqual({ ok: true, unchecked: "error", error: "Error: gone" });
  });
});

describe.skipIf(!HAS_REDIS)("Upstash", () => {
  let shim: Shim;
  let limiter: UpstashLimiter;
  beforeAll(async () => {
    shim = await startShim();
  });
  beforeEach(async () => {
    await shim.flush();
    shim.delayMs = 0;
    // a busy machine may take longer than a call would wait
    limiter = new UpstashLimiter({ url: shim.url, token: TOKEN, now: Date.now, waitMs: 10_000 });
  });
  afterAll(() => shim?.stop());

  keepsTheContract(() => limiter);

  test("sends its script once, and calls it by its hash from then on", async () => {
    for (let call = 0; call < 5; call++) await limiter.take({ key: randomUUID(), perMinute: 10 });
    expect(shim.seen.get("EVALSHA miss")).toBe(1);
    expect(shim.seen.get("EVAL")).toBe(1);
    expect(shim.seen.get("EVALSHA hit")).toBe(4);
  });

  test("that is slow lets the call through in time, and says so", async () => {
    shim.delayMs = Number.POSITIVE_INFINITY;
    const hasty = new UpstashLimiter({ url: shim.url, token: TOKEN, now: Date.now });
    const taken = await hasty.take({ key: "k", perMinute: 10 });
    expect(taken).toEqual({ ok: true, unchecked: "timeout", error: `no answer in ${LIMITER_WAIT_MS_MAX} ms` });
  });

  test.each([
    ["gone", () => new UpstashLimiter({ url: "http://127.0.0.1:9", token: TOKEN, now: Date.now })],
    ["refusing the token", () => new UpstashLimiter({ url: shim.url, token: "wrong", now: Date.now })],
  ])("that is %s lets the call through, and says so", async (_what, make) => {
    expect(await make().take({ key: "k", perMinute: 10 })).toMatchObject({ ok: true, unchecked: expect.any(String) });
  });

  test("keeps different limits of one key apart", async () => {
    const key = randomUUID();
    for (let call = 0; call < 5; call++) await limiter.take({ key, perMinute: 5 });
    expect(isRefused(await limiter.take({ key, perMinute: 5 }))).toBe(true);
    expect(isRefused(await limiter.take({ key, perMinute: 50 }))).toBe(false);
  });
});

/**
 * What the client gets through the gateway is what it gets through a Worker that only passes on: chunk by chunk, as they
 * come, to the byte; and its leaving reaches the provider. The traps of DESIGN.md ("Capture") must make these checks fail.
 */
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LOCAL_CLAIMS, makeKey } from "../../shared/core/keys.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import { bundle, launch, ROOT, type Winnow } from "../../workers/local/launch.ts";
import { type LockStepProvider, leaveAfterFirst, readInStep, startLockStep } from "./lock-step.ts";
import { type MutantGateway, mutateGateway } from "./mutant-gateway.ts";

const SECRET = "a secret for tests, of 32 characters or more";
const KEY = await makeKey(LOCAL_CLAIMS, new MacSigner(SECRET));
const HEADERS = { "x-winnow-key": KEY };
const PATH = "/paced/v1/chat/completions";

/** Events of a chat in several scripts, cut every 23 bytes: in the middle of events and of characters. */
const STREAM = Buffer.from(
  [..."Grüße, 世界 – こんにちは 👋🏽"]
    .map((text) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] })}\n\n`)
    .concat("data: [DONE]\n\n")
    .join(""),
);
const CHUNKS = Array.from({ length: Math.ceil(STREAM.length / 23) }, (_, at) => STREAM.subarray(at * 23, at * 23 + 23));

let provider: LockStepProvider;
beforeAll(async () => {
  provider = await startLockStep(CHUNKS);
});
afterAll(() => provider?.stop());

function launchWith(gateway?: string): Promise<Winnow> {
  return launch({
    secrets: { WINNOW_SECRET: SECRET },
    providers: { paced: { baseUrl: provider.url, format: "openai" } },
    ...(gateway !== undefined && { entries: { gateway } }),
  });
}

describe("through the gateway", () => {
  let winnow: Winnow;
  beforeAll(async () => {
    winnow = await launchWith();
  });
  afterAll(() => winnow?.stop());

  test("a stream comes chunk by chunk as it does through a bare pass-through, to the byte", async () => {
    const passThrough = new Miniflare(
      convertV4MiniflareOptions({
        name: "pass-through",
        compatibilityDate: "2026-10-01",
        modules: true,
        script: await bundle(`${ROOT}/test/bench/pass-through.ts`),
        bindings: { TARGET: provider.url },
        unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
      }),
    );
    try {
      await passThrough.ready;
      const { origin } = await passThrough.unsafeGetDirectURL("pass-through");
      const bare = await readInStep({ url: `${origin}/v1/chat/completions`, headers: {}, provider });
      const through = await readInStep({ url: winnow.url + PATH, headers: HEADERS, provider });
      expect(bare.map(String)).toEqual(CHUNKS.map(String));
      expect(through).toEqual(bare);
      expect(Buffer.concat(through)).toEqual(STREAM);
    } finally {
      await passThrough.dispose();
    }
  });

  test("a client's leaving reaches the provider, though it has more to say", async () => {
    await leaveAfterFirst({ url: winnow.url + PATH, headers: HEADERS, provider });
  });
});

describe("a gateway that falls into a trap", () => {
  let winnow: Winnow | undefined;
  let mutant: MutantGateway | undefined;

  async function fall(source: string): Promise<string> {
    mutant = await mutateGateway("answer-stream.ts", source);
    winnow = await launchWith(mutant.entry);
    return winnow.url + PATH;
  }

  const cleanUp = async () => {
    await winnow?.stop();
    await mutant?.remove();
  };

  test("and reads the other branch of a tee whole is caught: no chunk comes before the end", async () => {
    const url = await fall(`
      export function copyStream(body) {
        const [client, toCopy] = body.tee();
        const copied = new Response(toCopy).arrayBuffer().then((bytes) => ({ bytes: new Uint8Array(bytes), outcome: "complete" }));
        return { client, copied };
      }`);
    try {
      await expect(readInStep({ url, headers: HEADERS, provider })).rejects.toThrow(/did not come|no answer began/);
    } finally {
      await cleanUp();
    }
  });

  test("and gives a branch of a tee straight to the client is caught: its leaving is hidden", async () => {
    const url = await fall(`
      export function copyStream(body) {
        const [client, toCopy] = body.tee();
        const copy = new IdentityTransformStream();
        const piped = toCopy.pipeTo(copy.writable);
        const copied = new Response(copy.readable).arrayBuffer().then(async (bytes) => {
          await piped;
          return { bytes: new Uint8Array(bytes), outcome: "complete" };
        });
        return { client, copied };
      }`);
    try {
      expect(await readInStep({ url, headers: HEADERS, provider })).toHaveLength(CHUNKS.length);
      await expect(leaveAfterFirst({ url, headers: HEADERS, provider })).rejects.toThrow("was not told");
    } finally {
      await cleanUp();
    }
  });
});

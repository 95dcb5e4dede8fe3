import { expect, test } from "vitest";
import { Sealer } from "../../shared/core/seal.ts";
import { toBytes, toText } from "../../shared/core/text.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const TEXT = toBytes("call me at +49 30 901820");

test("what is sealed is opened with the same secret, is the same each time, and shows nothing of what is in it", async () => {
  const sealer = new Sealer(SECRET);
  const sealed = await sealer.seal(TEXT);
  expect(toText(sealed)).not.toContain("901820");
  expect(await sealer.seal(TEXT)).toEqual(sealed);
  expect(await sealer.seal(toBytes("another"))).not.toEqual(sealed);
  expect(toText(await new Sealer(SECRET).open(sealed))).toBe(toText(TEXT));
  expect((await sealer.open(await sealer.seal(new Uint8Array(0)))).length).toBe(0);
});

test("bytes that were never sealed are what they were", async () => {
  expect(await new Sealer(SECRET).open(TEXT)).toEqual(TEXT);
  expect(await new Sealer(SECRET).open(new Uint8Array(0))).toEqual(new Uint8Array(0));
});

test("another secret, and a changed byte, are refused", async () => {
  const sealed = await new Sealer(SECRET).seal(TEXT);
  await expect(new Sealer(`${SECRET}x`).open(sealed)).rejects.toThrow();
  for (const at of [6, 20, sealed.length - 1]) {
    const changed = sealed.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    await expect(new Sealer(SECRET).open(changed)).rejects.toThrow();
  }
});

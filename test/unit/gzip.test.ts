import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { concatBytes, gunzip, gzip } from "../../shared/core/gzip.ts";
import { toBytes } from "../../shared/core/text.ts";
import fc from "./property.ts";
import { noise } from "./seeded.ts";

const BYTES_MAX = 1_000_000;
const bytes = fc.uint8Array({ maxLength: 2_000 }).map((array) => new Uint8Array(array));

describe("one gzip member", () => {
  test("comes back as it was", async () => {
    await fc.assert(
      fc.asyncProperty(bytes, async (plain) => {
        expect(await gunzip(await gzip(plain), BYTES_MAX)).toEqual(plain);
      }),
    );
  });

  test("is what other programs read and write", async () => {
    const plain = toBytes("winnow ".repeat(1_000));
    expect(new Uint8Array(gunzipSync(await gzip(plain)))).toEqual(plain);
    expect(await gunzip(Uint8Array.from(gzipSync(plain)), BYTES_MAX)).toEqual(plain);
  });

  test("can be read behind others: members in a row are one .gz", async () => {
    const first = await gzip(noise(1, 500));
    const second = await gzip(noise(2, 700));
    const row = concatBytes([first, second], first.length + second.length);
    expect(new Uint8Array(gunzipSync(row))).toEqual(concatBytes([noise(1, 500), noise(2, 700)], 1_200));
    expect(await gunzip(row.slice(first.length), BYTES_MAX)).toEqual(noise(2, 700));
  });

  test("unpacks to its bound, and not to one byte more", async () => {
    const packed = await gzip(new Uint8Array(1_000));
    expect((await gunzip(packed, 1_000)).length).toBe(1_000);
    await expect(gunzip(packed, 999)).rejects.toThrow("more than 999 bytes");
  });

  test("that is a bomb is given up at the bound: 200 MB never come to be", async () => {
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(200_000_000), { level: 9 }));
    expect(bomb.length).toBeLessThan(250_000);
    const before = process.memoryUsage().arrayBuffers;
    await expect(gunzip(bomb, 64 * 1024)).rejects.toThrow("more than 65536 bytes");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
  });

  test("is refused when it is cut anywhere, or is no gzip", async () => {
    const packed = await gzip(noise(3, 100));
    for (let length = 0; length < packed.length; length++) {
      await expect(gunzip(packed.slice(0, length), BYTES_MAX), `cut at ${length}`).rejects.toThrow();
    }
    await expect(gunzip(noise(4, 100), BYTES_MAX)).rejects.toThrow();
  });

  test("is refused when a bit of its content is another", async () => {
    const packed = await gzip(noise(5, 100));
    packed[packed.length - 6] = (packed[packed.length - 6] ?? 0) ^ 1; // in the checksum
    await expect(gunzip(packed, BYTES_MAX)).rejects.toThrow();
  });
});

test("chunks are joined in their order", () => {
  expect(concatBytes([Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)], 3)).toEqual(Uint8Array.of(1, 2, 3));
});

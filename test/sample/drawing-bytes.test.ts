import { expect, test } from "vitest";
import { makeUuidV7 } from "../../shared/core/ids.ts";
import { draw } from "../../shared/sample/draw.ts";
import { Drawing, drawingToBytes } from "../../shared/sample/drawing-bytes.ts";
import { WindowItems } from "../../shared/sample/window-items.ts";
import { seeded } from "../unit/seeded.ts";

const ROWS = 3_000; // more than what the packed columns begin with

function packed() {
  const random = seeded(5);
  const items = new WindowItems();
  for (let at = 0; at < ROWS; at++) {
    const bytes = Uint8Array.from({ length: 10 }, () => Math.floor(256 * random()));
    items.add({ id: makeUuidV7(1_700_000_000_000 + at, bytes), stratum: `s${at % 5}`, user: `u${at % 50}` });
  }
  const drawing = draw(items, { seed: "s", budget: 200, auditShare: 0.02, caps: { user: 3 } });
  return { items, drawing, bytes: drawingToBytes(items, drawing) };
}

test("what was drawn, and what wasn't, is read back from its bytes", () => {
  const { items, drawing, bytes } = packed();
  const read = new Drawing(bytes);
  expect(read.head).toMatchObject({ rows: ROWS, auditSize: 60, budget: 200, strata: drawing.strata });
  expect(read.drawn().map(({ id, drawn }) => [id, drawn])).toEqual([...drawing.drawn]);
  for (let at = 0; at < ROWS; at++) {
    const id = items.idAt(at);
    const inclusionProbability = drawing.probabilities[at];
    expect(read.find(id)).toEqual({
      id,
      stratum: `s${at % 5}`,
      inclusionProbability,
      drawn: drawing.drawn.get(id) ?? null,
    });
  }
  expect(read.find(makeUuidV7(1, new Uint8Array(10)))).toBeUndefined();
});

test("bytes that are cut short, or of another kind, are refused", () => {
  const { bytes } = packed();
  expect(() => new Drawing(bytes.subarray(0, bytes.length - 1))).toThrow(/cut short/);
  expect(() => new Drawing(new Uint8Array(40))).toThrow(/start the run again/);
});

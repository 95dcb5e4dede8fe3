/** The user's own numbers: read from texts, within bounds, or refused by name. */
import { expect, test } from "vitest";
import { ASSUMPTIONS, DEFAULT_ASSUMPTIONS, readAssumptions } from "../../shared/readiness/assumptions.ts";

const NAMES = Object.entries(ASSUMPTIONS);

test("every default lies within its own bounds, or is measured", () => {
  for (const [name, spec] of NAMES) {
    if (spec.default === null) continue;
    const read = readAssumptions({ [name]: String(spec.default) });
    expect(read).toEqual({ ok: true, value: DEFAULT_ASSUMPTIONS });
  }
});

test.each(NAMES)("%s is taken at its bounds and refused beyond", (name, { min, max }) => {
  for (const bound of [min, max]) {
    const read = readAssumptions({ [name]: String(bound) });
    expect(read).toEqual({ ok: true, value: { ...DEFAULT_ASSUMPTIONS, [name]: bound } });
  }
  for (const beyond of [min - 1, max + 1]) {
    const read = readAssumptions({ [name]: String(beyond) });
    expect(read).toMatchObject({ ok: false, field: name });
    expect(!read.ok && read.message).toContain(`${name}: "${beyond}" is not a`);
  }
});

test.each(["", " 3", "three", "0x10", "Infinity", "NaN", "1,5", "--1", "1e999"])("%j is no number", (text) => {
  expect(readAssumptions({ hostingUsdPerMonth: text })).toMatchObject({ ok: false, field: "hostingUsdPerMonth" });
});

test("half an example is refused, half a dollar is not", () => {
  expect(readAssumptions({ dpoPairsMin: "10.5" })).toMatchObject({ ok: false });
  expect(readAssumptions({ evaluationUsd: "0.5" })).toMatchObject({ ok: true, value: { evaluationUsd: 0.5 } });
});

test.each(["pairs", "__proto__", "constructor", "toString"])(
  "%s is no assumption, and the message names those there are",
  (name) => {
    const read = readAssumptions(Object.fromEntries([[name, "1"]]));
    expect(read).toMatchObject({ ok: false, field: name });
    expect(!read.ok && read.message).toContain("dpoPairsMin");
  },
);

/** The JSON Schema of the manifest: takes every manifest that the types allow, and nothing beside. */
import { Validator } from "@cfworker/json-schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Json, parseJson } from "../../shared/core/json.ts";
import { MANIFEST_JSON_SCHEMA } from "../../shared/export/manifest-schema.ts";
import { arbitraryManifest, MANIFEST } from "../card/manifests.ts";

const validator = new Validator(MANIFEST_JSON_SCHEMA, "2020-12", false);
const errorsOf = (value: unknown) => validator.validate(parseJson(JSON.stringify(value))).errors;

/** Every object within, by a path of keys. */
function objectsIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, item]) => objectsIn(item, [...path, key]));
  return Array.isArray(value) ? inner : [path, ...inner];
}

function withChange(path: readonly string[], change: (target: Record<string, Json>) => void): unknown {
  const copy: unknown = structuredClone(MANIFEST);
  change(path.reduce<unknown>((at, key) => Reflect.get(Object(at), key), copy) as Record<string, Json>);
  return copy;
}

/** Objects whose keys are names out of the data, and the guard's, which carry a version of their own. */
const OPEN = ["funnel", "settings.checks", "verdict.logOdds", "redaction.values", "guard.result", "guard.measures"];
const isOpen = (path: string[]) => OPEN.includes(path.join(".")) || ["leftOut", "leftAway"].includes(path.at(-1) ?? "");
const CLOSED = objectsIn(MANIFEST).filter((path) => !isOpen(path));

describe("the schema of the manifest", () => {
  it("takes every manifest that the types allow", () => {
    fc.assert(
      fc.property(arbitraryManifest, (manifest) => {
        expect(errorsOf(manifest)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it.each(CLOSED.map((path) => [path.join(".") || "the whole", path] as const))(
    "refuses a key more in %s",
    (_, path) => {
      expect(errorsOf(withChange(path, (target) => Object.assign(target, { surprise: 1 })))).not.toEqual([]);
    },
  );

  it.each(CLOSED.flatMap((path) => keysAt(path).map((key) => [[...path, key].join("."), path, key] as const)))(
    "refuses a manifest without %s",
    (_, path, key) => {
      expect(errorsOf(withChange(path, (target) => Reflect.deleteProperty(target, key)))).not.toEqual([]);
    },
  );

  it.each([
    ["status", "maybe"],
    ["schema", "winnow.manifest.2"],
    ["configSha256", "C".repeat(64)],
    ["createdAt", "yesterday"],
    ["task", 5],
    ["funnel", { window: 1, lost: -1 }],
    ["funnel", { drawn: 1 }],
    ["files", [{}]],
    ["counts", { sft: 1.5, preference: 0, kto: 0, eval: 0 }],
  ])("refuses %s as %j", (key, value) => {
    expect(errorsOf({ ...MANIFEST, [key]: value })).not.toEqual([]);
  });
});

function keysAt(path: readonly string[]): string[] {
  return Object.keys(path.reduce<unknown>((at, key) => Reflect.get(Object(at), key), MANIFEST) as object);
}

import { describe, expect, it } from "vitest";
import { EXAMPLE_FILES, type Provenance } from "../../shared/core/example.ts";
import { parseJson } from "../../shared/core/json.ts";
import { validateProvenance } from "../../shared/export/check-provenance.ts";
import { DEFAULT_FORMAT, exportFile } from "../../shared/export/formats.ts";
import { provenanceLines } from "../../shared/export/provenance.ts";
import { assistant, completionExample, EXAMPLES, ktoExample, provenanceOf, user } from "./examples.ts";

const HUMAN: Provenance = {
  ...provenanceOf("human"),
  model: null,
  template: null,
  lineage: { origin: "human-edited" },
  because: "correction",
  grounds: [
    { kind: "metric", name: "resolved", value: true, actor: "", logOdds: 1 },
    { kind: "rating", value: 0.5, actor: "bob", logOdds: 0 },
  ],
};

const KEPT = completionExample({ id: "kept", prompt: [user("Hi")], completion: assistant("Yo"), provenance: HUMAN });
const LEFT = completionExample({ id: "left", prompt: [], completion: assistant("Yo") });
const LAST = completionExample({ id: "last", prompt: [user("Hey")], completion: assistant("Yes") });
const KTO = ktoExample({ id: "kto", prompt: [user("Hey")], completion: assistant("Yes"), label: true });

const SFT_FILE = exportFile({ file: "sft", format: "openai", examples: [KEPT, LEFT, LAST] });
const KTO_FILE = exportFile({ file: "kto", format: "trl", examples: [KTO] });
const LINES = provenanceLines({ files: [KTO_FILE, SFT_FILE], examples: [KEPT, LEFT, LAST, KTO] });
const ROWS = { sft: 2, kto: 1 };

describe("provenanceLines", () => {
  it("numbers the lines of each file, not the examples, with files in their fixed order", () => {
    const places = LINES.map((line) => parseJson(line)).map(
      (row) => row as { file: string; row: number; exampleId: string },
    );
    expect(places.map(({ file, row, exampleId }) => [file, row, exampleId])).toEqual([
      ["sft", 1, "kept"],
      ["sft", 2, "last"],
      ["kto", 1, "kto"],
    ]);
  });

  it("keeps all of a row's provenance, keys in one order", () => {
    expect(LINES[0]).toBe(
      '{"file":"sft","row":1,"exampleId":"kept",' +
        `"exchangeId":"${HUMAN.exchangeId}","at":"2025-11-20T03:04:05.678Z","model":null,"template":null,` +
        '"inclusionProbability":0.25,"stratum":"summarise-ticket/good","pGood":0.93,"because":"correction",' +
        '"lineage":{"origin":"human-edited"},"grounds":[' +
        '{"kind":"metric","name":"resolved","value":true,"actor":"","logOdds":1},' +
        '{"kind":"rating","value":0.5,"actor":"bob","logOdds":0}]}',
    );
  });

  it("gives no lines for an empty batch", () => {
    expect(provenanceLines({ files: [], examples: [] })).toEqual([]);
  });

  it("throws where a row has no example, or one of another file", () => {
    expect(() => provenanceLines({ files: [SFT_FILE], examples: [KEPT] })).toThrow("example last is not among");
    expect(() => provenanceLines({ files: [{ file: "eval", included: ["kept"] }], examples: [KEPT] })).toThrow(
      "example kept is not among the examples of eval",
    );
  });
});

describe("validateProvenance", () => {
  const swap = (from: string, to: string) => LINES.map((line, at) => (at === 0 ? line.replace(from, to) : line));

  it("accepts what provenanceLines writes", () => {
    expect(validateProvenance({ lines: LINES, rows: ROWS })).toEqual([]);
    const examples = EXAMPLE_FILES.flatMap((file) => EXAMPLES[file]);
    const files = EXAMPLE_FILES.map((file) =>
      exportFile({ file, format: DEFAULT_FORMAT[file], examples: EXAMPLES[file] }),
    );
    const rows = Object.fromEntries(files.map(({ file, lines }) => [file, lines.length]));
    expect(validateProvenance({ lines: provenanceLines({ files, examples }), rows })).toEqual([]);
  });

  it.each([
    ["an unknown key", '"row":1', '"row":1,"why":2'],
    ["a probability of 0", '"inclusionProbability":0.25', '"inclusionProbability":0'],
    ["a probability above 1", '"pGood":0.93', '"pGood":1.5'],
    ["a time that is none", "2025-11-20T03:04:05.678Z", "yesterday"],
    ["an id that is none", HUMAN.exchangeId, "ex-1"],
    ["an unknown origin", "human-edited", "parrot"],
    ["an unknown reason", '"correction"', '"whim"'],
    ["an unknown file", '"file":"sft"', '"file":"dpo"'],
  ])("finds %s", (_, from, to) => {
    expect(validateProvenance({ lines: swap(from, to), rows: ROWS })[0]?.row).toBe(1);
  });

  it("finds a row that is missing, doubled or too many", () => {
    const [first = "", second = "", third = ""] = LINES;
    expect(validateProvenance({ lines: [first, third], rows: ROWS })[0]).toEqual({
      row: 2,
      where: "row",
      message: "stands for kto 1, expected sft 2",
    });
    expect(validateProvenance({ lines: [first, first, second, third], rows: ROWS })).toHaveLength(3);
    expect(validateProvenance({ lines: LINES, rows: { sft: 2 } })).toEqual([
      { row: 3, where: "row", message: "stands for kto 1, expected no line" },
    ]);
    expect(validateProvenance({ lines: [], rows: { eval: 1 } })).toEqual([
      { row: 1, where: "row", message: "stands for no line, expected eval 1" },
    ]);
  });
});

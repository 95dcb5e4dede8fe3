/** The card and its metadata: true to the manifest, the same every time, and deaf to what hostile text asks of it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeCard } from "../../shared/card/card.ts";
import type { CardInput } from "../../shared/card/card-input.ts";
import { makeCroissant } from "../../shared/card/croissant.ts";
import { cardFileName } from "../../shared/card/file-names.ts";
import { codeSpan } from "../../shared/card/markdown-text.ts";
import { plotsOf } from "../../shared/card/plots.ts";
import { writeYaml } from "../../shared/card/write-yaml.ts";
import { isObject } from "../../shared/core/json.ts";
import type { Manifest } from "../../shared/core/manifest.ts";
import { EXPORTABLE, fileNameOf } from "../../shared/export/formats.ts";
import { PARQUET_COLUMNS } from "../../shared/export/parquet-columns.ts";
import { arbitraryManifest, HOSTILE_TEXTS, MANIFEST } from "./manifests.ts";

const INPUT: CardInput = {
  manifest: MANIFEST,
  columns: PARQUET_COLUMNS,
  languages: ["no", "en", "no"],
  scores: [0, 0.5, 0.93, 1],
  lengths: [0, 1, 80, 5_000_000],
  history: [
    { batch: "one", rows: 10, diversity: 0.8 },
    { batch: "two", rows: 20, diversity: null },
    { batch: "three", rows: 30, diversity: 0.6 },
  ],
  guard: { checks: [{ name: "diversity", passed: false, value: 0.61234, limit: "≥ 0.7" }] },
  lineage: [{ origin: "human-edited", rows: 12 }],
  calibration: { method: "isotonic regression", error: 0.034, rows: 200 },
  retractions: [{ batch: "zero", rows: 3, reason: "deleted by the user" }],
};

const bodyOf = (card: string) => card.split("\n---\n").slice(1).join("\n---\n");
const headOf = (card: string) => card.slice(4, card.indexOf("\n---\n"));

describe("the card", () => {
  const card = makeCard(INPUT);

  it("begins with a head that says which Parquet file is which split, and how long it is", () => {
    expect(headOf(card).split("\n").slice(0, 33)).toEqual([
      'pretty_name: "winnow batch 019a0000-0000-7000-8000-000000000001 of helpdesk, task summarise-ticket"',
      'license: "other"',
      "language:",
      '- "en"',
      '- "no"',
      "size_categories:",
      '- "n<1K"',
      "task_categories:",
      '- "text-generation"',
      "tags:",
      '- "winnow"',
      '- "fine-tuning"',
      '- "feedback"',
      "configs:",
      '- config_name: "sft"',
      "  default: true",
      "  data_files:",
      '  - split: "train"',
      '    path: "data/sft/train-00000-of-00001.parquet"',
      '  - split: "test"',
      '    path: "data/sft/test-00000-of-00001.parquet"',
      '- config_name: "preference"',
      "  data_files:",
      '  - split: "train"',
      '    path: "data/preference/train-00000-of-00001.parquet"',
      "dataset_info:",
      '- config_name: "sft"',
      "  features:",
      '  - name: "example_id"',
      '    dtype: "string"',
      '  - name: "exchange_id"',
      '    dtype: "string"',
      '  - name: "messages"',
    ]);
  });

  it("has every bucket of the funnel, the largest first, and every file with its hash", () => {
    const order = ["not_drawn", "exported", "duplicate", "check_failed"].map((bucket) => `| \`${bucket}\``);
    const places = [...order, "| all of the window"].map((row) =>
      card.indexOf(row, card.indexOf("## Where the calls went")),
    );
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(card).toContain("| `duplicate` | 50 | 5.0 % |");
    for (const file of MANIFEST.files) expect(card).toContain(`| \`${cardFileName(file)}\` | ${file.rows} |`);
    expect(card).toContain("7 `image_invalid`, 2 `audio`");
  });

  it("says which files have fewer rows than their sink takes", () => {
    const told = "and its sink takes 10 at least";
    expect(card).not.toContain(told);
    const files = MANIFEST.files.map((one) => (one.format === "openai" ? { ...one, rows: 9 } : one));
    const small = makeCard({ ...INPUT, manifest: { ...MANIFEST, files } });
    expect(small).toContain(`- \`sft.openai.jsonl\` has 9 rows, ${told}`);
  });

  it("reports guard, calibration, lineage and retractions where there are any", () => {
    expect(card).toContain("| `diversity` | 0.6123 | `≥ 0.7` | **failed** |");
    expect(card).toContain("expected calibration error 0.034");
    expect(card).toContain("| `human-edited` | 12 |");
    expect(card).toContain("| `zero` | 3 | `deleted by the user` |");
    const bare = makeCard({ manifest: MANIFEST, columns: PARQUET_COLUMNS });
    expect(bare).not.toContain("## Guard report");
    expect(bare).not.toContain("## Lineage");
    expect(bare).not.toContain("## In pictures");
    expect(bare).toContain("No guard compared this batch");
  });

  it("says that a batch is held, cut short or empty", () => {
    const odd = makeCard({
      ...INPUT,
      manifest: {
        ...MANIFEST,
        status: "held",
        emptyBecause: "no exchange",
        window: { ...MANIFEST.window, cutShort: true },
        files: [],
      },
    });
    for (const word of ["**held**", "cut short", "It is empty: `no exchange`"]) expect(odd).toContain(word);
    expect(headOf(odd)).not.toContain("configs");
  });

  it("is the same whatever the order of the keys in the manifest", () => {
    const turned: Manifest = {
      ...MANIFEST,
      funnel: Object.fromEntries(Object.entries(MANIFEST.funnel).reverse()) as Manifest["funnel"],
      verdict: {
        ...MANIFEST.verdict,
        logOdds: Object.fromEntries(Object.entries(MANIFEST.verdict.logOdds).reverse()),
      },
    };
    expect(makeCard({ ...INPUT, manifest: turned })).toBe(card);
  });

  it.each([
    [999, "n<1K"],
    [1_000, "1K<n<10K"],
    [1_000_000, "1M<n<10M"],
  ])("puts %i rows into the size class %s", (rows, size) => {
    const files = MANIFEST.files.map((file) => ({ ...file, rows: file.file === "sft" ? rows : 0 }));
    expect(headOf(makeCard({ ...INPUT, manifest: { ...MANIFEST, files } }))).toContain(`\n- "${size}"\n`);
  });
});

describe("hostile text in the card", () => {
  const hostile = fc.record({
    manifest: arbitraryManifest,
    columns: fc.constant(PARQUET_COLUMNS),
    guard: fc.constant({
      checks: HOSTILE_TEXTS.map((text) => ({ name: text, passed: true, value: null, limit: text })),
    }),
    lineage: fc.constant(HOSTILE_TEXTS.map((origin) => ({ origin, rows: 1 }))),
    retractions: fc.constant(HOSTILE_TEXTS.map((text) => ({ batch: text, rows: 1, reason: text }))),
  });

  it("stands in code spans only, adds no line and no cell, and ends no head", () => {
    fc.assert(
      fc.property(hostile, (input) => {
        const card = makeCard(input);
        expect(headOf(card)).not.toMatch(/[^\n -~]/);
        const body = bodyOf(card);
        expect(body).not.toMatch(/^---$/m);
        for (const line of body.split("\n")) {
          const outside = withoutSpans(line);
          expect(outside).not.toMatch(/[<\][`\\@]|:\/\/|www\./);
        }
        for (const table of body.split("\n\n").filter((block) => block.startsWith("| "))) {
          const widths = new Set(table.split("\n").map((line) => line.split("|").length));
          expect(widths.size).toBe(1);
        }
      }),
      { numRuns: 100 },
    );
  });

  it.each(HOSTILE_TEXTS)("is shown and nothing else: %j", (text) => {
    const span = codeSpan(text);
    expect(withoutSpans(span)).toMatch(/^(\(empty\))?$/);
    expect(span).not.toMatch(/[\n\r|]/);
    expect(span.length).toBeLessThan(300);
  });

  it("reads in YAML as it was", () => {
    for (const text of HOSTILE_TEXTS) {
      const yaml = writeYaml({ key: text });
      expect(yaml).toMatch(/^key: "[ -~]*"$/);
      const json = yaml
        .slice(5)
        .replace(/\\U([0-9a-f]{8})/g, (_, hex) => String.fromCodePoint(Number.parseInt(hex, 16)));
      expect(JSON.parse(json)).toBe(text.toWellFormed());
    }
  });
});

/** The line as a reader of Markdown sees it: a run of backticks opens a span that the next run of that length closes. */
function withoutSpans(line: string): string {
  return line.replace(/(?<!`)(`+)(?!`)(.*?[^`])\1(?!`)/g, "");
}

describe("the pictures", () => {
  it("are those that there is data for, and the card shows each", () => {
    const plots = plotsOf(INPUT);
    expect(plots.map(({ name }) => name)).toEqual(["plots/scores.svg", "plots/lengths.svg", "plots/diversity.svg"]);
    for (const { name } of plots) expect(makeCard(INPUT)).toContain(`](${name})`);
    expect(plotsOf({ manifest: MANIFEST, columns: PARQUET_COLUMNS })).toEqual([]);
  });

  it("count every value in one bar", () => {
    const [scores] = plotsOf({ ...INPUT, scores: [0, 0.01, 1, Number.NaN, 7] });
    const heights = [...(scores?.svg ?? "").matchAll(/<rect x[^>]*height="([\d.]+)"/g)].map(([, height]) =>
      Number(height),
    );
    expect(heights.map((height) => height / Math.max(...heights))).toEqual([1, 0.5]);
  });

  it("hold hostile labels as text", () => {
    for (const text of HOSTILE_TEXTS) {
      const history = [
        { batch: text, rows: 1, diversity: 0.5 },
        { batch: text, rows: 1, diversity: 0.4 },
      ];
      const [plot] = plotsOf({ manifest: MANIFEST, columns: PARQUET_COLUMNS, history });
      const tags = [...(plot?.svg ?? "").matchAll(/<\/?([^\s>]+)/g)].map(([, tag]) => tag);
      expect(new Set(tags)).toEqual(
        new Set(["svg", "title", "rect", "text", "polyline", "circle/", "line"].map(bare).concat(["circle"])),
      );
    }
  });
});

function bare(tag: string): string {
  return tag.replace("/", "");
}

describe("Croissant", () => {
  const croissant = makeCroissant(INPUT);

  it("lists every file with its hash, and no record set without rows", () => {
    const files = croissant.distribution;
    if (!Array.isArray(files)) throw new Error("no distribution");
    expect(files.map((file) => isObject(file) && [file.contentUrl, file.sha256])).toEqual(
      MANIFEST.files.map((file) => [cardFileName(file), file.sha256]),
    );
    expect(croissant).toMatchObject({ conformsTo: "http://mlcommons.org/croissant/1.0" });
    const required = [
      "@context",
      "@type",
      "conformsTo",
      "description",
      "license",
      "name",
      "url",
      "creator",
      "datePublished",
    ];
    for (const property of required) expect(croissant[property]).toBeTruthy();
    expect(croissant.recordSet).toMatchObject([{ "@id": "sft" }, { "@id": "preference" }, { "@id": "eval" }]);
  });

  it("refers to nothing that is not there, and gives no id twice", () => {
    const ids: string[] = [];
    const references: string[] = [];
    const walk = (value: unknown, key: string): void => {
      if (Array.isArray(value)) for (const item of value) walk(item, key);
      if (!isObject(value) || key === "@context") return;
      const id = value["@id"];
      if (typeof id === "string") (value["@type"] === undefined ? references : ids).push(id);
      for (const [name, item] of Object.entries(value)) walk(item, name);
    };
    walk(croissant, "");
    expect(new Set(ids).size).toBe(ids.length);
    expect(references.filter((id) => !ids.includes(id))).toEqual([]);
    expect(references).not.toEqual([]);
  });

  it("finds what is inside a message by its path", () => {
    expect(JSON.stringify(croissant)).toContain(
      '{"fileObject":{"@id":"data/sft/train-00000-of-00001.parquet"},"extract":{"column":"messages"},"transform":{"jsonPath":"tool_calls.function.name"}}',
    );
  });
});

describe("names of files", () => {
  it("are the export's, but for Parquet, which lies as the Hub wants it", () => {
    for (const one of EXPORTABLE.filter(({ format }) => format !== "parquet")) {
      expect(cardFileName(one)).toBe(fileNameOf(one));
    }
    const paths = EXPORTABLE.filter(({ format }) => format === "parquet").map(cardFileName);
    expect(new Set(paths).size).toBe(4);
    for (const path of paths) expect(path).toMatch(/^data\/[a-z]+\/(train|test)-00000-of-00001\.parquet$/);
  });
});

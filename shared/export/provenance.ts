/**
 * The provenance file of a batch: why each row is there. It stands beside the files because strict
 * sinks refuse extra keys, and covers all of them: `{"file", "row", "exampleId", "exchangeId", …}`,
 * where `row` is the line, counted from 1, of that file in its default format.
 */
import {
  EXAMPLE_FILES,
  type Example,
  type ExampleFile,
  type Ground,
  type Lineage,
  type Provenance,
} from "../core/example.ts";
import type { JsonObject } from "../core/json.ts";
import { toLine } from "./line.ts";

/** As exportFile returns it for the file's default format. */
export interface ProvenanceSource {
  file: ExampleFile;
  /** Example ids in line order. */
  included: readonly string[];
}

/** Files come in the order of EXAMPLE_FILES. Throws where an id has no example: the two do not belong together. */
export function provenanceLines(options: {
  files: readonly ProvenanceSource[];
  examples: readonly Example[];
}): string[] {
  const byId = new Map(options.examples.map((example) => [example.id, example]));
  const files = options.files.toSorted((a, b) => EXAMPLE_FILES.indexOf(a.file) - EXAMPLE_FILES.indexOf(b.file));
  return files.flatMap(({ file, included }) =>
    included.map((exampleId, at) => {
      const example = byId.get(exampleId);
      if (example?.file !== file) throw new RangeError(`example ${exampleId} is not among the examples of ${file}`);
      return toLine({ file, row: at + 1, exampleId, ...writeProvenance(example.provenance) });
    }),
  );
}

/** Spelt out for the order of its keys; the type makes a new field of Provenance an error here. */
function writeProvenance(provenance: Provenance): JsonObject {
  const { lineage } = provenance;
  return {
    exchangeId: provenance.exchangeId,
    at: provenance.at,
    model: provenance.model,
    template: provenance.template,
    inclusionProbability: provenance.inclusionProbability,
    stratum: provenance.stratum,
    pGood: provenance.pGood,
    because: provenance.because,
    lineage: writeLineage(lineage),
    grounds: provenance.grounds.map(writeGround),
    rejectedExchangeId: provenance.rejectedExchangeId,
    amends: provenance.amends,
  } satisfies Record<keyof Provenance, unknown>;
}

function writeLineage(lineage: Lineage): JsonObject {
  const { origin, promptOrigin } = lineage;
  const wrote = lineage.origin === "model" ? { model: lineage.model, generation: lineage.generation } : {};
  return { origin, ...wrote, promptOrigin };
}

function writeGround({ kind, name, value, actor, logOdds }: Ground): JsonObject {
  const ground = { kind, name, value, actor, logOdds } satisfies Record<keyof Ground, unknown>;
  return ground;
}

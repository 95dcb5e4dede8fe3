/** `winnow rebuild`: rows of D1 again from the segments in R2, a part after the other. */
import type { Command } from "commander";
import type { JsonObject } from "../../shared/core/json.ts";
import { EXIT } from "./exit-codes.ts";
import type { Cli, Work } from "./session.ts";

interface Part extends JsonObject {
  segments: number;
  exchanges: number;
  missing: number;
  moved: number;
  feedback: number;
  orphanSegments: string[];
  orphanRows: string[];
  cursor: string | null;
}

interface RebuildOptions {
  from?: string;
  to?: string;
  dryRun?: boolean;
}

export function addRebuild(program: Command, cli: Cli): void {
  program
    .command("rebuild")
    .description("makes rows of D1 again from the segments in R2 (scope admin)")
    .option("--from <time>", "segments of this day and later, ISO 8601")
    .option("--to <time>", "and up to this one")
    .option("--dry-run", "counts what is missing, and changes nothing")
    .action(cli.doing(rebuild));
}

const rebuild: Work<RebuildOptions> = async (session, { from, to, dryRun = false }) => {
  const api = session.api();
  const total = { segments: 0, exchanges: 0, missing: 0, moved: 0, feedback: 0 };
  const apart: Pick<Part, "orphanSegments" | "orphanRows"> = { orphanSegments: [], orphanRows: [] };
  for (let cursor: string | null = ""; cursor !== null; ) {
    const body: string = JSON.stringify({ from, to, dryRun, cursor });
    const part: Part = await api.json<Part>("/v1/admin/rebuild", { method: "POST", body });
    for (const name of ["segments", "exchanges", "missing", "moved", "feedback"] as const) total[name] += part[name];
    apart.orphanSegments.push(...part.orphanSegments);
    apart.orphanRows.push(...part.orphanRows);
    ({ cursor } = part);
  }
  const advice =
    "  what was erased since the database's time is among these rows: DELETE /v1/exchanges/{id} lets one go";
  const verb = dryRun ? "are missing" : "were missing, and are back";
  session.report.result(
    { event: "rebuilt", dryRun, ...total, ...apart },
    [
      `${total.segments} segments with ${total.exchanges} exchanges read; ${total.missing} rows ${verb}`,
      `${total.moved} rows ${dryRun ? "would be" : "were"} led to their record again, which had another place`,
      `${apart.orphanRows.length} rows whose record is not where they say, ${apart.orphanSegments.length} segments that no row points to`,
      ...(apart.orphanRows.length === 0 ? [] : [advice]),
      ...[...apart.orphanRows, ...apart.orphanSegments].map((name) => `  ${name}`),
    ].join("\n"),
  );
  return EXIT.ok;
};

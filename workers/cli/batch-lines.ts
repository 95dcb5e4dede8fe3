/** One line about a batch, for people and for programs. */
import type { JsonObject } from "../../shared/core/json.ts";
import type { Manifest } from "../../shared/core/manifest.ts";
import { inline } from "./terminal.ts";

type Told = Pick<Manifest, "id" | "task" | "status" | "createdAt" | "counts" | "emptyBecause" | "guard">;

export function batchEvent({
  id,
  task,
  status,
  createdAt,
  counts,
  emptyBecause,
  guard,
}: Told): { event: string } & JsonObject {
  const reasons = guard?.reasons ?? [];
  return { event: "batch", batch: id, task, status, createdAt, counts: { ...counts }, emptyBecause, reasons };
}

export function batchLine({ id, task, status, counts, emptyBecause, guard }: Told): string {
  const rows = Object.entries(counts).filter(([, count]) => count > 0);
  const held = status === "held" ? `: ${guard?.reasons.join("; ") ?? "no reason is known"}` : "";
  const what =
    rows.length === 0
      ? `empty: ${emptyBecause ?? "no rows"}`
      : rows.map(([file, count]) => `${file} ${count}`).join(", ");
  return inline(`${id}  ${task ?? "-"}  ${status}${held}  ${what}`);
}

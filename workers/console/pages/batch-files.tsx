/** The files of a batch, to take away: each file in each format, with its rows and what the format could not hold. */
import type { Hono } from "hono";
import { EXAMPLE_FILES } from "../../../shared/core/example.ts";
import type { Manifest, ManifestFile } from "../../../shared/core/manifest.ts";
import { canExport, contentTypeOf, fileNameOf, isExportFormat } from "../../../shared/export/formats.ts";
import { readBatch } from "../../../shared/store/batches.ts";
import type { PagesContext } from "../session.ts";
import { type NamedFile, takeFile } from "../take-file.ts";
import { bytes, count } from "./figures.ts";
import { needs, sessionOf, showNotFound } from "./guard.tsx";
import { columnsOf, Table } from "./table.tsx";

const WINNOW_LINES = "application/jsonl";
/** Files that have one form. */
const SINGLE: Record<string, NamedFile> = {
  provenance: { name: "provenance.winnow.jsonl", contentType: WINNOW_LINES },
  canonical: { name: "canonical.winnow.jsonl", contentType: WINNOW_LINES },
  manifest: { name: "manifest.json", contentType: "application/json" },
  card: { name: "README.md", contentType: "text/markdown; charset=utf-8" },
};

export function batchDownloads(routes: Hono<PagesContext>): void {
  routes.get("/batches/:id/files/:file", needs("viewer"), async (c) => {
    const actor = sessionOf(c);
    const row = await readBatch(c.env.DB, { app: actor.app, id: c.req.param("id") });
    const found = fileOf(c.req.param("file"), c.req.query("format"));
    if (row === undefined || found === undefined)
      return showNotFound(c, "There is no such file of a batch of this app.");
    return takeFile(c.env, actor, { request: c.req.raw, row, file: found });
  });
}

function fileOf(file: string, format: string | undefined): NamedFile | undefined {
  if (Object.hasOwn(SINGLE, file)) return SINGLE[file];
  const known = EXAMPLE_FILES.find((one) => one === file);
  if (known === undefined || format === undefined || !isExportFormat(format)) return undefined;
  if (!canExport({ file: known, format })) return undefined;
  return { name: fileNameOf({ file: known, format }), contentType: contentTypeOf(format) };
}

export function Downloads({ manifest }: { manifest: Manifest }) {
  const base = `/console/batches/${manifest.id}/files`;
  return (
    <>
      <Table label="Files" columns={columnsOf("File", "Format", "#Rows", "#Size", "Left out")}>
        {manifest.files.map((file) => (
          <tr>
            <th scope="row">
              <a
                href={file.format === "winnow" ? `${base}/${file.file}` : `${base}/${file.file}?format=${file.format}`}
              >
                {`${file.file}, ${file.format}`}
              </a>
            </th>
            <td>{file.format}</td>
            <td class="num">{count(file.rows)}</td>
            <td class="num">{bytes(file.bytes)}</td>
            <td>{leftOut(file)}</td>
          </tr>
        ))}
      </Table>
      <p class="pages">
        <a href={`${base}/manifest`}>manifest</a>, <a href={`${base}/card`}>dataset card</a>
      </p>
    </>
  );
}

function leftOut(file: ManifestFile): string {
  const reasons = Object.entries(file.leftOut).filter(([, rows]) => rows > 0);
  return reasons.map(([reason, rows]) => `${count(rows)} ${reason.replaceAll("_", " ")}`).join(", ");
}

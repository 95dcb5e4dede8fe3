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
  const names = [...new Set(manifest.files.map(({ file }) => file))];
  return (
    <>
      <Table label="Files" columns={columnsOf("File", "#Rows", "Formats")}>
        {names.map((name) => {
          const formats = manifest.files.filter(({ file }) => file === name);
          return (
            <tr>
              <th scope="row">{name}</th>
              <td class="num">{count(Math.max(...formats.map(({ rows }) => rows)))}</td>
              <td>
                {formats.map((file) => (
                  <FormatLine base={base} file={file} />
                ))}
              </td>
            </tr>
          );
        })}
      </Table>
      <p class="pages">
        <a href={`${base}/manifest`}>manifest</a>, <a href={`${base}/card`}>dataset card</a>
      </p>
    </>
  );
}

function FormatLine({ base, file }: { base: string; file: ManifestFile }) {
  const address = `${base}/${file.file}`;
  const without = leftOut(file);
  return (
    <div>
      <a href={file.format === "winnow" ? address : `${address}?format=${file.format}`}>
        <span class="hidden">{`${file.file}, `}</span>
        {file.format}
      </a>{" "}
      <span class="muted small">
        {bytes(file.bytes)}
        {without !== "" && `, without ${without}`}
      </span>
    </div>
  );
}

function leftOut(file: ManifestFile): string {
  const reasons = Object.entries(file.leftOut).filter(([, rows]) => rows > 0);
  return reasons.map(([reason, rows]) => `${count(rows)} ${reason.replaceAll("_", " ")}`).join(", ");
}

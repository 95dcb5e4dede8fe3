/** A file of a batch is handed over, by a page or over the API; the audit log says who has taken the whole of it. */
import { apiErrorResponse } from "../../shared/core/api-error.ts";
import { type BatchRow, batchKey } from "../../shared/store/batches.ts";
import { isErased } from "../../shared/store/erase-batch.ts";
import { type Actor, writeAudit } from "./audit.ts";
import { serveObject } from "./serve-object.ts";

export interface NamedFile {
  name: string;
  contentType: string;
}

/** Parts of it (206) are rather taken by machines that go on where they stopped, and are not told one by one. */
export async function takeFile(
  env: Pick<ConsoleEnv, "DB" | "STORE">,
  actor: Actor,
  { request, row, file }: { request: Request; row: BatchRow; file: NamedFile },
): Promise<Response> {
  if (await isErased(env.STORE, row.id)) {
    const message = `rows of batch ${row.id} were erased, and with them its files; go on with the batches after it`;
    return apiErrorResponse({ code: "batch_erased", message });
  }
  const served = await serveObject({
    request,
    bucket: env.STORE,
    key: batchKey(row.id, file.name),
    contentType: file.contentType,
    fileName: `${row.id}.${file.name}`,
  });
  if (request.method === "GET" && served.status === 200) {
    const { app, who } = actor;
    await writeAudit(env.DB, { app, actor: who, act: "took file", target: row.id, detail: file.name });
  }
  return served;
}

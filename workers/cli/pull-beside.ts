/** What explains a batch's files: the card with its pictures, LLaMA-Factory's dataset_info. Their names are the card's. */
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ExportFormat } from "../../shared/export/formats.ts";
import type { ApiClient } from "./api-client.ts";
import { CliError } from "./exit-codes.ts";
import { writeWhole } from "./write-whole.ts";

export async function pullBeside(options: {
  api: ApiClient;
  /** Of the batch, in the API. */
  path: string;
  folder: string;
  format: ExportFormat | undefined;
}): Promise<void> {
  const { api, path, folder, format } = options;
  const card = await save(api, { path: `${path}/card`, target: join(folder, "README.md") });
  const pictures = new Set(card?.match(/\bplots\/[a-z0-9-]{1,64}\.svg/g));
  for (const name of pictures) await save(api, { path: `${path}/${name}`, target: join(folder, name) });
  if (format === "sharegpt") {
    await save(api, { path: `${path}/dataset-info`, target: join(folder, "dataset_info.json") });
  }
}

/** @returns its text; undefined where there is none, or none any more */
async function save(api: ApiClient, { path, target }: { path: string; target: string }): Promise<string | undefined> {
  try {
    const bytes = Buffer.from(await (await api.send(path)).arrayBuffer());
    await mkdir(dirname(target), { recursive: true });
    await writeWhole(target, bytes);
    return bytes.toString();
  } catch (error) {
    if (error instanceof CliError && (error.code === "not_found" || error.code === "batch_erased")) return undefined;
    throw error;
  }
}

/** A held batch is let go: its manifest says who did so and why, and only then is it ready. Its files stay what they are. */
import { sha256Hex } from "../../shared/core/hash.ts";
import type { Manifest } from "../../shared/core/manifest.ts";
import { toBytes } from "../../shared/core/text.ts";
import { type BatchRow, batchKey, putBatchFile, releaseBatch } from "../../shared/store/batches.ts";
import { readSettings } from "../../shared/store/settings.ts";
import { announce } from "../../shared/webhook/announce.ts";
import { batchEvent } from "../../shared/webhook/batch-event.ts";
import { type Actor, writeAudit } from "./audit.ts";

/** @throws when the manifest is not where it should be */
export async function releaseHeld(
  env: Pick<ConsoleEnv, "DB" | "STORE" | "DELIVER">,
  { row, release, actor }: { row: BatchRow; release: NonNullable<Manifest["release"]>; actor: Actor },
): Promise<Manifest> {
  const object = await env.STORE.get(batchKey(row.id, "manifest.json"));
  if (object === null) throw new Error(`batch ${row.id} has no manifest`);
  const held = (await object.json()) as Manifest;
  const manifest: Manifest = { ...held, status: "ready", release };
  const bytes = toBytes(`${JSON.stringify(manifest, null, 2)}\n`);
  const sha256 = sha256Hex(bytes);
  await putBatchFile(env.STORE, { batch: row.id, name: "manifest.json", bytes, sha256 });
  await releaseBatch(env.DB, { id: row.id, sha256 });
  const acted = { app: actor.app, actor: actor.who, act: "released a batch", target: row.id } as const;
  await writeAudit(env.DB, { ...acted, detail: release.reason });
  const { url } = (await readSettings(env.DB, row.app)).webhook ?? {};
  await announce(env.DELIVER, { url, ...batchEvent({ ...row, status: "ready", sha256 }, Date.parse(release.at)) });
  return manifest;
}

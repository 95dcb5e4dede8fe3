/** An app's settings are changed, by the form or over the API, and the audit log says to what. */
import { canonicalJson, type JsonObject } from "../../shared/core/json.ts";
import type { AppSettings } from "../../shared/settings/app-settings.ts";
import { readSettings, writeSettings } from "../../shared/store/settings.ts";
import { type Actor, writeAudit } from "./audit.ts";

export async function changeSettings(
  d1: D1Database,
  actor: Actor,
  { app, settings }: { app: string; settings: AppSettings },
): Promise<void> {
  const before = await readSettings(d1, app);
  await writeSettings(d1, { app, settings, nowMs: Date.now() });
  const target = app === actor.app ? "" : app;
  const detail = changesOf(before, settings);
  await writeAudit(d1, { app: actor.app, actor: actor.who, act: "changed settings", target, detail });
}

/** `limits = {"requestsPerMinute":120}; …`: there is no secret among them. */
function changesOf(before: AppSettings, now: AppSettings): string {
  const [was, is] = [before as unknown as JsonObject, now as unknown as JsonObject];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const changed = names.filter((name) => canonicalJson(was[name]) !== canonicalJson(is[name]));
  return changed.map((name) => `${name} = ${canonicalJson(is[name])}`).join("; ") || "nothing";
}

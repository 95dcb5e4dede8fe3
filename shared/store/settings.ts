/** Settings of apps in D1, and the version that tells a cache whether anything changed. */
import { eq, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { SETTINGS_APPS_MAX } from "../core/limits.ts";
import { type AppSettings, appSettingsSchema, DEFAULT_APP_SETTINGS } from "../settings/app-settings.ts";
import { type Database, openDatabase } from "./database.ts";
import { apps, settingsVersion } from "./schema.ts";

export async function readSettings(d1: D1Database, app: string): Promise<AppSettings> {
  const row = await openDatabase(d1).select().from(apps).where(eq(apps.app, app)).get();
  return row === undefined ? DEFAULT_APP_SETTINGS : complete(row.settings);
}

export async function readAllSettings(d1: D1Database): Promise<Map<string, AppSettings>> {
  const rows = await openDatabase(d1).select().from(apps).limit(SETTINGS_APPS_MAX);
  return new Map(rows.map((row) => [row.app, complete(row.settings)]));
}

export async function writeSettings(
  d1: D1Database,
  options: { app: string; settings: AppSettings; nowMs: number },
): Promise<void> {
  const db = openDatabase(d1);
  const set = { settings: options.settings, updatedAtMs: options.nowMs };
  await db.batch([
    db
      .insert(apps)
      .values({ app: options.app, ...set })
      .onConflictDoUpdate({ target: apps.app, set }),
    bumpVersion(db),
  ]);
}

/** In one batch with the change that it announces. */
export function bumpVersion(db: Database): BatchItem<"sqlite"> {
  return db.update(settingsVersion).set({ version: sql`${settingsVersion.version} + 1` });
}

export async function readSettingsVersion(d1: D1Database): Promise<number> {
  const row = await openDatabase(d1).select().from(settingsVersion).get();
  return row?.version ?? 0;
}

/** What an older version wrote gets the defaults of what came since. */
function complete(stored: unknown): AppSettings {
  const parsed = appSettingsSchema.safeParse(stored);
  return parsed.success ? parsed.data : DEFAULT_APP_SETTINGS;
}

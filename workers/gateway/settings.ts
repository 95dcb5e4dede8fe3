/**
 * What an isolate knows of D1: settings of apps, keys that ended, what apps spent today. Reading it never waits: what is
 * known is used, and read anew in the background of a call when it is older than SETTINGS_REFRESH_MS.
 *
 *     call ──▶ renew() ──▶ known well enough: nothing to wait for; it may read in the background
 *                      └─▶ older than SETTINGS_AGE_MS_MAX: a read to wait for where a wrong answer would be worse; bounded
 *
 * D1 down: what was known goes on being used, and a cold isolate works with the defaults. Promises are not shared between
 * calls: one that belongs to a call that was cancelled would never settle.
 */
import { SETTINGS_AGE_MS_MAX, SETTINGS_REFRESH_MS, SETTINGS_WAIT_MS_MAX } from "../../shared/core/limits.ts";
import { type AppSettings, DEFAULT_APP_SETTINGS } from "../../shared/settings/app-settings.ts";
import { readKeyEnds } from "../../shared/store/keys.ts";
import { readAllSettings, readSettingsVersion } from "../../shared/store/settings.ts";
import { dayOf, readSpending, type Spent } from "../../shared/store/spending.ts";
import { type Listener, tell } from "../../shared/telemetry/tell.ts";

interface Known {
  version: number;
  apps: ReadonlyMap<string, AppSettings>;
  /** When keys end that end before their mac says so, by key id. */
  keyEnds: ReadonlyMap<string, number>;
  day: string;
  spending: ReadonlyMap<string, Spent>;
}

const NOTHING: Known = { version: -1, apps: new Map(), keyEnds: new Map(), day: "", spending: new Map() };
const NOTHING_SPENT: Spent = { tokens: 0, costUsdMicros: 0 };

export class SettingsCache {
  #known = NOTHING;
  #readAtMs = Number.NEGATIVE_INFINITY;
  /** Also of reads that failed: D1 that is down is asked every SETTINGS_REFRESH_MS, not with every call. */
  #triedAtMs = Number.NEGATIVE_INFINITY;
  readonly #listener: Listener;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /**
   * Reads when it is time to, in the background.
   * @returns where what is known is too old to be trusted, a promise that settles when it has been read or
   *   SETTINGS_WAIT_MS_MAX is over, and never rejects
   */
  renew(options: {
    d1: D1Database;
    nowMs: number;
    waitUntil: (work: Promise<unknown>) => void;
  }): Promise<void> | undefined {
    const { d1, nowMs, waitUntil } = options;
    if (nowMs - this.#triedAtMs < SETTINGS_REFRESH_MS) return undefined;
    const isOld = nowMs - this.#readAtMs > SETTINGS_AGE_MS_MAX;
    const reading = this.#read(d1, nowMs);
    waitUntil(reading);
    return isOld ? bounded(reading) : undefined;
  }

  /** Was nothing ever read? */
  get isCold(): boolean {
    return this.#known === NOTHING;
  }

  settingsOf(app: string): AppSettings {
    return this.#known.apps.get(app) ?? DEFAULT_APP_SETTINGS;
  }

  /** Of every app that has settings. */
  get apps(): ReadonlyMap<string, AppSettings> {
    return this.#known.apps;
  }

  hasEnded(keyId: string, nowMs: number): boolean {
    return (this.#known.keyEnds.get(keyId) ?? Number.POSITIVE_INFINITY) <= nowMs;
  }

  /** Of the UTC day of `nowMs`, as far as ingest has counted. */
  spentBy(app: string, nowMs: number): Spent {
    return this.#known.day === dayOf(nowMs) ? (this.#known.spending.get(app) ?? NOTHING_SPENT) : NOTHING_SPENT;
  }

  async #read(d1: D1Database, nowMs: number): Promise<void> {
    this.#triedAtMs = nowMs;
    const day = dayOf(nowMs);
    try {
      const [version, spending] = await Promise.all([readSettingsVersion(d1), readSpending(d1, day)]);
      if (version === this.#known.version) {
        this.#known = { ...this.#known, day, spending };
      } else {
        const [apps, keyEnds] = await Promise.all([readAllSettings(d1), readKeyEnds(d1)]);
        this.#known = { version, apps, keyEnds, day, spending };
      }
      this.#readAtMs = nowMs;
    } catch (error) {
      tell(this.#listener, { event: "settings_unread", error });
    }
  }
}

async function bounded(reading: Promise<void>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, SETTINGS_WAIT_MS_MAX);
  await Promise.race([reading, over]);
  clearTimeout(timer);
}

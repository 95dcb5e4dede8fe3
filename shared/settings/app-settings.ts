/**
 * What people set for an app. Everything has a default, and the defaults change nothing about a call. The gateway reads
 * settings through an isolate's cache (workers/gateway/settings.ts); PUT /v1/settings writes them.
 */
import * as z from "zod";
import { judgeSettingsSchema } from "./judge-settings.ts";
import { guardSettingsSchema, nightSettingsSchema } from "./night-settings.ts";
import { isWebhookUrl } from "./webhook-url.ts";

const countSchema = z.int().min(1).max(1e12);
/** What `simple` limits of Cloudflare's binding can count: requests in a minute, in the steps that are configured. */
const perMinuteSchema = z.int().min(1).max(1_000_000);

export const limitsSchema = z.strictObject({
  requestsPerMinute: perMinuteSchema.optional(),
  userRequestsPerMinute: perMinuteSchema.optional(),
  /** Input and output, of a UTC day. */
  tokensPerDay: countSchema.optional(),
  costUsdPerDay: z.number().positive().max(1e9).optional(),
});

const providerNameSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "is the name of a provider");

/** One more place to ask when the provider fails: another provider, other keys, other names of models. */
export const fallbackSchema = z.strictObject({
  provider: providerNameSchema,
  /** Model asked for → model asked of the fallback; one that is not named keeps its name. */
  models: z.record(z.string().max(256), z.string().min(1).max(256)).default({}),
  /** Which of the provider's keys, as in `providerKeys`; left out: the plain one. */
  key: z.string().optional(),
});

export const resilienceSchema = z.strictObject({
  /** Tries after the first. */
  retries: z.int().min(0).max(5).default(0),
  /** Of one try, to the head of the answer. */
  tryTimeoutMs: z.int().min(100).max(600_000).optional(),
  /** Of all tries, to the head of the answer. */
  totalTimeoutMs: z.int().min(100).max(900_000).optional(),
  fallbacks: z.array(fallbackSchema).max(3).default([]),
});
export type Resilience = z.infer<typeof resilienceSchema>;

/** Personal data and secrets, by kind as in shared/redact/kinds.ts; a kind set to false stays. */
export const redactionSchema = z.strictObject({
  /** `storage`: before anything is written, and at export again. */
  at: z.enum(["export", "storage", "off"]).default("export"),
  kinds: z
    .strictObject({
      secret: z.boolean().optional(),
      email: z.boolean().optional(),
      iban: z.boolean().optional(),
      card: z.boolean().optional(),
      national_id: z.boolean().optional(),
      phone: z.boolean().optional(),
      ip: z.boolean().optional(),
      address: z.boolean().optional(),
      name: z.boolean().optional(),
    })
    .default({}),
  /** ISO 3166: numbers without a country code are read as of this country. */
  region: z
    .string()
    .regex(/^[A-Z]{2}$/, "is two letters, such as DE")
    .optional(),
});
export type Redaction = z.infer<typeof redactionSchema>;

export const appSettingsSchema = z.strictObject({
  /**
   * Provider → ending of the secret that holds the key to use: `{"openai":"TEAM_B"}` is OPENAI_API_KEY_TEAM_B. Only
   * endings, so that no setting can make a provider see another secret.
   */
  providerKeys: z
    .record(providerNameSchema, z.string().regex(/^[A-Z0-9_]{1,40}$/, "is 1 to 40 of A-Z 0-9 _"))
    .default({}),
  limits: limitsSchema.default({}),
  resilience: resilienceSchema.default({ retries: 0, fallbacks: [] }),
  /** Pages that may send feedback with nothing but an id: `https://app.example`. None named: all may. */
  origins: z
    .array(z.string().regex(/^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/, "is an origin such as https://app.example"))
    .max(100)
    .default([]),
  /** Told of each batch, ready or held. */
  webhook: z
    .strictObject({
      url: z.url().max(2_048).refine(isWebhookUrl, "is an https address of a host with a name"),
    })
    .optional(),
  /** Models that were trained on batches of ours: how far their answers are from a base model's. */
  fineTunes: z
    .array(
      z.strictObject({
        model: z.string().min(1).max(256),
        batches: z.array(z.string().max(64)).max(100).default([]),
        generation: z.int().min(1).max(100).optional(),
      }),
    )
    .max(100)
    .default([]),
  night: nightSettingsSchema.default({}),
  guard: guardSettingsSchema.default({}),
  /** Left out: no judge is asked. */
  judge: judgeSettingsSchema.optional(),
  /** Days after which bodies go and numbers stay, and after which rows go too; left out: never. */
  retention: z
    .strictObject({ bodyDays: z.int().min(1).max(3_650).optional(), rowDays: z.int().min(1).max(3_650).optional() })
    .default({}),
  redaction: redactionSchema.default({ at: "export", kinds: {} }),
  /** `hashed`: what is kept of a user is a keyed hash of the name that the app sent. */
  userIds: z.enum(["hashed", "plain"]).default("hashed"),
});
export type AppSettings = z.infer<typeof appSettingsSchema>;

export const DEFAULT_APP_SETTINGS: AppSettings = appSettingsSchema.parse({});

/** The settings' form, field by field: what it shows of settings, and what it makes of what is sent. */
import { describe, expect, test } from "vitest";
import { type AppSettings, appSettingsSchema, DEFAULT_APP_SETTINGS } from "../../shared/settings/app-settings.ts";
import { ALL_FIELDS, ALL_ROWS } from "../../workers/console/pages/settings-fields.ts";
import { fieldsOf, readSettingsForm } from "../../workers/console/pages/settings-form.ts";

const FULL: AppSettings = appSettingsSchema.parse({
  providerKeys: { openai: "TEAM_B" },
  limits: { requestsPerMinute: 30, userRequestsPerMinute: 10, tokensPerDay: 1e6, costUsdPerDay: 12.5 },
  resilience: {
    retries: 2,
    tryTimeoutMs: 5_000,
    totalTimeoutMs: 9_000,
    fallbacks: [
      { provider: "groq", models: { "gpt=4o": "llama", b: "c" }, key: "TEAM_C" },
      { provider: "together", models: {} },
    ],
  },
  origins: ["https://app.example", "https://two.example"],
  userIds: "plain",
  redaction: { at: "storage", kinds: { name: false, ip: false }, region: "DE" },
  webhook: { url: "https://app.example/hook" },
  fineTunes: [
    { model: "ft:ours", batches: ["b1", "b2"], generation: 1 },
    { model: "ft:other", batches: [] },
  ],
  judge: {
    provider: "mistral",
    model: "mistral-large-latest",
    budgetUsd: 2,
    rowsMax: 50,
    key: "TEAM_J",
    tasks: ["mail", "reply"],
    rubric: [{ name: "kind", question: "Is it kind?", weight: 2 }],
    prices: { inputUsd: 1, outputUsd: 3 },
    families: { mine: "gpt" },
  },
  retention: { bodyDays: 90, rowDays: 365 },
  night: { budget: 200, auditShare: 0.1, checks: { refused: false } },
  guard: { margins: { distinct2: 0.2 }, groundedRowsMin: 3, newRowsMin: 5 },
});

function sent(changes: Record<string, string>, settings: AppSettings = DEFAULT_APP_SETTINGS) {
  return readSettingsForm({ ...fieldsOf(settings), ...changes });
}

describe("settings", () => {
  test.each([
    ["the defaults", DEFAULT_APP_SETTINGS],
    ["everything set", FULL],
  ])("%s: go through the form and back unchanged", (_, settings) => {
    expect(readSettingsForm(fieldsOf(settings))).toEqual({ ok: true, settings: expect.objectContaining(settings) });
  });

  test("have a field for everything that the schema has", () => {
    const heads = new Set([...ALL_FIELDS, ...ALL_ROWS].map(({ path }) => path.split(".")[0]));
    expect([...heads].sort()).toEqual(Object.keys(appSettingsSchema.shape).sort());
  });

  test("of an empty form are the defaults", () => {
    expect(readSettingsForm({})).toEqual({ ok: true, settings: DEFAULT_APP_SETTINGS });
  });
});

describe("what is sent", () => {
  test.each([
    ["limits.requestsPerMinute", "many", 'is not a number; it is "many"'],
    ["limits.requestsPerMinute", "1.5", "it is 1.5"],
    ["night.auditShare", "2", "it is 2"],
    ["origins", "ftp://a", "is an origin such as https://app.example"],
    ["redaction.region", "Germany", "is two letters"],
    ["webhook.url", "http://elsewhere.example", "is an https address"],
    ["guard.margins.distinct1", "-1", "it is -1"],
    ["providerKeys", "openai TEAM_B", "is not of the form name = value"],
    ["providerKeys", "openai = team b", "is 1 to 40 of A-Z 0-9 _"],
  ])("in %s as %j is refused with the field and the value", (field, text, says) => {
    const read = sent({ [field]: text });
    expect(read).toMatchObject({ ok: false, problem: expect.stringContaining(says) });
    expect(read.ok ? "" : read.field.startsWith(field)).toBe(true);
  });

  test("a judge without a model is refused; without a provider there is none", () => {
    expect(sent({ "judge.provider": "mistral", "judge.budgetUsd": "1" })).toMatchObject({
      ok: false,
      field: "judge.model",
    });
    expect(sent({ "judge.provider": "" }, FULL)).toMatchObject({ ok: true });
    const read = sent({ "judge.provider": " " }, FULL);
    expect(read.ok && read.settings.judge).toBeUndefined();
  });

  test("questions that are no JSON are refused", () => {
    expect(sent({ "judge.rubric": "kind?" }, FULL)).toMatchObject({ problem: "judge.rubric: is not JSON" });
  });

  test("a row that was emptied is gone, and those after it move up, also in what is shown again", () => {
    const read = sent({ "resilience.fallbacks.0.provider": "" }, FULL);
    expect(read.ok && read.settings.resilience.fallbacks).toEqual([{ provider: "together", models: {} }]);
    const refused = sent({ "resilience.fallbacks.0.provider": "", "night.budget": "x" }, FULL);
    expect(refused.ok ? {} : refused.fields).toMatchObject({
      "resilience.fallbacks.0.provider": "together",
      "resilience.fallbacks.1.provider": "",
    });
  });

  test("a new row is one more", () => {
    const read = sent({ "fineTunes.2.model": "ft:new", "fineTunes.2.batches": "b1, b2\nb3" }, FULL);
    expect(read.ok && read.settings.fineTunes.at(-1)).toEqual({ model: "ft:new", batches: ["b1", "b2", "b3"] });
  });

  test("a box that is empty turns off, one that is not keeps the default", () => {
    const read = sent({ "night.checks.refused": "off", "redaction.kinds.email": "off", "redaction.kinds.name": "on" });
    expect(read.ok && [read.settings.night.checks, read.settings.redaction.kinds]).toEqual([
      { refused: false },
      { email: false },
    ]);
  });
});

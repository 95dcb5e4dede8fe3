import { expect, test } from "vitest";
import { appSettingsSchema } from "../../shared/settings/app-settings.ts";
import { describeIssue } from "../../workers/console/describe-issue.ts";

function problemOf(value: unknown): string {
  const parsed = appSettingsSchema.safeParse(value);
  if (parsed.success) throw new Error("nothing is wrong with it");
  return describeIssue(parsed.error.issues[0], { value, schema: appSettingsSchema });
}

test.each<[string, unknown, RegExp]>([
  ["a misspelt field", { limit: {} }, /^limit: is not a field; there are providerKeys, limits, /],
  [
    "a misspelt field of a field",
    { limits: { requestPerMinute: 5 } },
    /^limits\.requestPerMinute: is not a field of limits; there are requestsPerMinute, userRequestsPerMinute/,
  ],
  ["a number that is too small", { limits: { requestsPerMinute: 0 } }, /^limits\.requestsPerMinute: .*>=1; it is 0$/],
  ["a value of another type", { userIds: 7 }, /^userIds: .*"hashed".*; it is 7$/],
  [
    "a field of an element",
    { resilience: { fallbacks: [{ provider: "openai", x: 1 }] } },
    /fallbacks\.0\.x: is not a field/,
  ],
  ["a missing field", { resilience: { fallbacks: [{}] } }, /^resilience\.fallbacks\.0\.provider: .*; it is missing$/],
  ["a long value", { origins: ["x".repeat(500)] }, /^origins\.0: is an origin .*; it is "x{99}…$/],
  ["no object at all", 5, /; it is 5$/],
])("%s is named with its value and what may stand there", (_what, value, expected) => {
  expect(problemOf(value)).toMatch(expected);
});

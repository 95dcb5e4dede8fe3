/** How hard to try: what the call's own header asks for, else what its app has set. */
import type { CallHeaders } from "../../shared/capture/call-headers.ts";
import { parseJson } from "../../shared/core/json.ts";
import { type Resilience, resilienceSchema } from "../../shared/settings/app-settings.ts";

/** A header that can't be used changes nothing, and a warning says so. */
export function policyOf(headers: CallHeaders, app: Resilience): Resilience {
  const { resilience } = headers;
  if (resilience === undefined) return app;
  const parsed = resilienceSchema.safeParse(parseJson(resilience));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.join(".") ?? "";
  headers.warnings.push(`x-winnow-resilience ${where === "" ? "is not of its form" : `${where} is wrong`}; ignored`);
  return app;
}

/** `winnow doctor`: is everything in its place, and what to do where it isn't. Exit code 1 where something is to be done. */
import type { Command } from "commander";
import { isObject, type Json, type JsonObject } from "../../shared/core/json.ts";
import type { ApiClient } from "./api-client.ts";
import { CliError, EXIT } from "./exit-codes.ts";
import type { Cli, Work } from "./session.ts";

interface Finding extends JsonObject {
  check: string;
  state: "ok" | "look" | "act";
  says: string;
  remedy: string;
}

/** Keys that end, and ids, are compared by this machine's clock and theirs. */
const CLOCK_MS_MAX = 60_000;
const MARKS = { ok: "ok  ", look: "look", act: "ACT " };

export function addDoctor(program: Command, cli: Cli): void {
  program
    .command("doctor")
    .description("checks bindings, migrations, secrets, crons and clocks, and says what to do (scope admin)")
    .action(cli.doing(doctor));
}

const doctor: Work<object> = async (session) => {
  const { report } = session;
  const api = session.api();
  const findings = [await addressFinding(api)];
  const sentMs = Date.now();
  const health = await api.json<JsonObject>("/v1/health");
  findings.push(
    await secretFinding(api),
    clockFinding(health.at, { sentMs, gotMs: Date.now() }),
    ...findingsOf(health.findings),
  );
  for (const finding of findings) report.result({ event: "finding", ...finding }, lineOf(finding));
  return findings.some(({ state }) => state === "act") ? EXIT.failed : EXIT.ok;
};

function lineOf({ check, state, says, remedy }: Finding): string {
  const first = `${MARKS[state]}  ${check.padEnd(16)}  ${says}`.trimEnd();
  return remedy === "" ? first : `${first}\n                        ${remedy}`;
}

async function addressFinding(api: ApiClient): Promise<Finding> {
  const json = await api.json<Json>("/healthz");
  const isWinnow = isObject(json) && json.ok === true;
  if (isWinnow) return { check: "address", state: "ok", says: api.url, remedy: "" };
  return {
    check: "address",
    state: "act",
    says: `${api.url}/healthz answers with something else`,
    remedy: "check WINNOW_URL",
  };
}

/** Do the gateway and the console verify by the same secret? An empty event is refused, by its form or by its key. */
async function secretFinding(api: ApiClient): Promise<Finding> {
  const code = await api.json("/v1/feedback", { method: "POST", body: "{}" }).then(
    () => "",
    (error: unknown) => (error instanceof CliError ? error.code : Promise.reject(error)),
  );
  if (code !== "key_wrong") return { check: "secret", state: "ok", says: "", remedy: "" };
  const remedy = "deploy again with the WINNOW_SECRET of the first deployment: `npm run deploy`";
  return { check: "secret", state: "act", says: "the gateway and the console have another WINNOW_SECRET", remedy };
}

/** @param at the server's time, between `sentMs` and `gotMs` of this machine's */
export function clockFinding(at: Json | undefined, { sentMs, gotMs }: { sentMs: number; gotMs: number }): Finding {
  const atMs = typeof at === "string" ? Date.parse(at) : Number.NaN;
  const apartMs = Math.max(sentMs - atMs, atMs - gotMs, 0);
  const ok: Finding = { check: "this_clock", state: "ok", says: "", remedy: "" };
  if (apartMs <= CLOCK_MS_MAX) return ok;
  if (Number.isNaN(apartMs))
    return { ...ok, state: "look", says: "the server tells no time", remedy: "it is older than this command" };
  const remedy = "set this machine's clock (NTP): keys that end, and times of imports, are read by it";
  return { ...ok, state: "look", says: `${Math.round(apartMs / 1_000)} s from the server's`, remedy };
}

function findingsOf(json: Json | undefined): Finding[] {
  return Array.isArray(json) ? (json.filter(isObject) as Finding[]) : [];
}

/** `winnow keys create | list | rotate | revoke`: the keys of an app (README: Keys). */
import { type Command, InvalidArgumentError } from "commander";
import type { JsonObject } from "../../shared/core/json.ts";
import { SCOPES, type Scope } from "../../shared/core/keys.ts";
import { EXIT } from "./exit-codes.ts";
import type { Cli, Work } from "./session.ts";
import { table } from "./table.ts";
import { inline } from "./terminal.ts";

interface KeySummary extends JsonObject {
  id: string;
  app: string;
  name: string;
  scopes: string[];
  createdAt: string;
  endsAt: string | null;
  active: boolean;
}

export function addKeys(program: Command, cli: Cli): void {
  const keys = program.command("keys").description("makes, lists, replaces and ends keys (scope admin)");
  keys
    .command("create")
    .description("makes a key, and shows it this once: alone on stdout")
    .requiredOption("--scopes <scopes>", `of ${SCOPES.join(", ")}; several with commas`, readScopes)
    .option("--name <name>", "what it is for")
    .option("--app <app>", "of another app than the admin key's")
    .option("--expires <time>", "when it ends by itself, ISO 8601")
    .action(cli.doing(create));
  keys
    .command("list")
    .description("those of the app, ended ones too")
    .option("--app <app>", "of another app than the admin key's")
    .action(cli.doing(list));
  keys
    .command("rotate <id>")
    .description("makes another one like it; the old one still works for a while")
    .option("--overlap-hours <hours>", "for how long", readHours)
    .action(cli.doing(rotate));
  keys.command("revoke <id>").description("ends a key, everywhere within a minute").action(cli.doing(revoke));
}

const create: Work<{ scopes: Scope[]; name?: string; app?: string; expires?: string }> = async (session, options) => {
  const { scopes, name, app, expires: expiresAt } = options;
  const body = JSON.stringify({ scopes, name, app, expiresAt });
  const made = await session.api().json<KeySummary & { key: string }>("/v1/keys", { method: "POST", body });
  session.report.result({ event: "key", ...made }, made.key);
  session.report.note(`key ${made.id} of app ${made.app}, scopes ${made.scopes.join(", ")}: it is not shown again`);
  return EXIT.ok;
};

const list: Work<{ app?: string }> = async (session, { app }) => {
  const query = app === undefined ? "" : `?${new URLSearchParams({ app })}`;
  const { keys } = await session.api().json<{ keys: KeySummary[] }>(`/v1/keys${query}`);
  for (const key of keys) session.report.result({ event: "key", ...key });
  const rows = keys.map(({ id, name, scopes, createdAt, endsAt, active }) => {
    return [id, inline(name), scopes.join(" "), createdAt, active ? (endsAt ?? "") : `ended ${endsAt}`];
  });
  session.report.text(keys.length === 0 ? "no keys yet; `winnow keys create` makes one" : table(KEY_COLUMNS, rows));
  return EXIT.ok;
};

const KEY_COLUMNS = ["key", "name", "scopes", "made", "ends"];

const rotate: Work<{ overlapHours?: number }> = async (session, { overlapHours }, [id = ""]) => {
  const path = `/v1/keys/${encodeURIComponent(id)}/rotate`;
  const body = JSON.stringify({ overlapHours });
  const made = await session.api().json<KeySummary & { key: string; replaces: string }>(path, { method: "POST", body });
  session.report.result({ event: "key", ...made }, made.key);
  session.report.note(`key ${made.id} takes the place of ${made.replaces}: it is not shown again`);
  return EXIT.ok;
};

const revoke: Work<object> = async (session, _options, [id = ""]) => {
  const path = `/v1/keys/${encodeURIComponent(id)}`;
  const ended = await session.api().json<KeySummary>(path, { method: "DELETE", repeatable: true });
  session.report.result({ event: "key", ...ended }, `key ${ended.id} ended at ${ended.endsAt}`);
  return EXIT.ok;
};

function readScopes(text: string): Scope[] {
  return text.split(",").map((name) => {
    const scope = SCOPES.find((one) => one === name.trim());
    if (scope === undefined) throw new InvalidArgumentError(`${name} is none of ${SCOPES.join(", ")}.`);
    return scope;
  });
}

function readHours(text: string): number {
  const hours = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(hours)) throw new InvalidArgumentError("It is a number of hours, 0 or more.");
  return hours;
}

/** `--dry-run`: each step of a deployment, with what is there already. Changes nothing, and without a token asks nothing. */
import type { DeployContext } from "./context.ts";
import type { DeploySettings } from "./deploy-settings.ts";
import { type Target, WORKERS } from "./target.ts";
import { BUCKET, DATABASE, migrationFiles, QUEUES, type WhatIsThere } from "./what-is-there.ts";

interface Options {
  context: DeployContext;
  target: Target;
  settings: DeploySettings;
  /** undefined: nobody was asked. */
  there: WhatIsThere | undefined;
}

export function sayPlan(options: Options): void {
  const { context, target, settings, there } = options;
  context.say(`a dry run for ${target.environment}: nothing is changed`);
  if (there === undefined) {
    context.say(
      "CLOUDFLARE_API_TOKEN is not set, so Cloudflare is not asked what is there: all of it is shown as to be made",
    );
  }
  for (const line of planOf(options)) context.say(line);
  if (there !== undefined && there.subdomain === undefined) {
    context.say("missing    a workers.dev subdomain: choose one in the dashboard first (Workers & Pages)");
  }
  const host =
    settings.domain ?? `${target.workerName("gateway")}.${there?.subdomain ?? "<your subdomain>"}.workers.dev`;
  context.say(`then       https://${host}/healthz, a signed key, and the first key, if there is none`);
}

function planOf({ context, target, settings, there }: Options): string[] {
  const resource = (what: string, isThere: boolean | undefined) => `${isThere ? "is there  " : "would make"} ${what}`;
  const pending = there?.migrations.pending ?? migrationFiles(context.root);
  return [
    ...secretLines({ settings, there }),
    resource(`D1 database ${target.nameOf(DATABASE)}`, there?.databaseId !== undefined),
    resource(`R2 bucket ${target.nameOf(BUCKET)}`, there?.bucket),
    ...QUEUES.map(target.nameOf).map((name) => resource(`queue ${name}`, there?.queues.has(name))),
    pending.length === 0 ? "is there   every migration" : `would run  migrations ${pending.join(", ")}`,
    ...WORKERS.map(({ name }) => {
      const secrets = ["WINNOW_SECRET", ...Object.keys(settings.secrets[name])];
      const verb = there?.secrets.has(name) ? "replace" : "make";
      return `would ${verb} Worker ${target.workerName(name)}, with ${secrets.join(", ")}`;
    }),
  ];
}

function secretLines({ settings, there }: Pick<Options, "settings" | "there">): string[] {
  if (settings.secret !== undefined) return ["is there   WINNOW_SECRET"];
  const having = WORKERS.filter(({ name }) => there?.secrets.get(name)?.has("WINNOW_SECRET"));
  if (having.length === WORKERS.length) return ["is there   WINNOW_SECRET, in the Workers alone"];
  if (having.length > 0) return ["missing    WINNOW_SECRET: some Workers have one that is not known here; set it"];
  return [`would make WINNOW_SECRET, kept in ${settings.file}`];
}

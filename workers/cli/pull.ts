/**
 * `winnow pull`: new batches into a folder, each in one of its own.
 *
 *     list ──▶ for each, oldest first: manifest ──▶ files (.part, checked, renamed) ──▶ card ──▶ acknowledged
 *
 * A batch is acknowledged once all of its files are on the disk and are what the manifest says; so a pull that is broken off
 * anywhere goes on with the same command, and nothing is skipped. Held batches are told of and not pulled.
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import { EXAMPLE_FILES } from "../../shared/core/example.ts";
import { EXPORT_FORMATS, type ExportFormat } from "../../shared/export/formats.ts";
import type { ApiClient } from "./api-client.ts";
import { CliError, EXIT, type ExitCode } from "./exit-codes.ts";
import { lockFolder } from "./lock-folder.ts";
import { type BatchSummary, pullBatch } from "./pull-batch.ts";
import { checkChoice, type PullFile } from "./pull-files.ts";
import type { Cli, Session, Work } from "./session.ts";
import { inline } from "./terminal.ts";

interface PullOptions {
  consumer?: string;
  since?: string;
  all?: boolean;
  task?: string;
  format?: ExportFormat;
  file?: PullFile[];
  out: string;
  force?: boolean;
}

export function addPull(program: Command, cli: Cli): void {
  const files = [...EXAMPLE_FILES, "provenance"];
  program
    .command("pull")
    .description("downloads new batches, checks them, and acknowledges them (scope pull)")
    .option("--consumer <name>", "what this consumer has not acknowledged: its place is kept by winnow", readConsumer)
    .addOption(new Option("--since <batch>", "what came after this batch; acknowledges nothing").conflicts("consumer"))
    .addOption(new Option("--all", "from the first one on").conflicts(["consumer", "since"]))
    .option("--task <task>", "batches of this task alone")
    .addOption(new Option("--format <format>", "else OpenAI's, and TRL's for KTO").choices(EXPORT_FORMATS))
    .addOption(new Option("--file <files...>", "else all that the format can express").choices(files))
    .requiredOption("--out <folder>", "where to; made if it is not there")
    .option("--force", "replace files that differ from the manifest")
    .action(cli.doing(pull));
}

const pull: Work<PullOptions> = async (session, options) => {
  const { consumer, since, all } = options;
  if (consumer === undefined && since === undefined && all !== true) {
    const ways = "--consumer NAME (winnow keeps the place), --since BATCH, or --all";
    throw new CliError("usage", `from where on? give ${ways}`, EXIT.usage);
  }
  checkChoice(options);
  const api = session.api();
  const unlock = await lockFolder(options.out);
  try {
    return await pullAll(session, { api, options });
  } finally {
    await unlock();
  }
};

interface Pull {
  api: ApiClient;
  options: PullOptions;
}

async function pullAll(session: Session, { api, options }: Pull): Promise<ExitCode> {
  const { task, consumer } = options;
  let { since } = options;
  let last: string | undefined;
  let pulled = 0;
  const held = await heldBatches(api, task);
  for (;;) {
    const { batches, next } = await listAfter({ api, options, since });
    if (batches.length === 0) break;
    if (consumer !== undefined && batches[0]?.id === last) {
      throw new CliError(
        "no_progress",
        `batch ${last} comes again although it was acknowledged; nothing more is pulled`,
      );
    }
    for (const batch of batches) {
      last = batch.id;
      if (batch.status === "held") continue;
      await pullOne(session, { api, options, batch });
      pulled++;
    }
    since = next ?? since;
  }
  tellHeld(session, held);
  const place = consumer === undefined ? { next: since ?? null } : {};
  session.report.result({ event: "done", batches: pulled, held: held.length, ...place });
  if (pulled === 0) session.report.text("nothing new");
  if (consumer === undefined && since !== undefined) session.report.note(`the next time: --since ${since}`);
  return pulled === 0 ? EXIT.nothingNew : EXIT.ok;
}

interface BatchList {
  batches: BatchSummary[];
  next: string | null;
}

function listAfter({ api, options, since }: Pull & { since: string | undefined }): Promise<BatchList> {
  const { task, consumer } = options;
  const query = new URLSearchParams({
    ...(task !== undefined && { task }),
    ...(consumer === undefined ? since !== undefined && { since } : { consumer }),
  });
  return api.json<BatchList>(`/v1/batches?${query}`);
}

async function pullOne(session: Session, { api, options, batch }: Pull & { batch: BatchSummary }): Promise<void> {
  const { out, format, file, force = false, consumer, task } = options;
  const outcome = await pullBatch(session, { api, batch, out, format, files: file, force });
  if (consumer !== undefined) {
    const path = `/v1/batches/${encodeURIComponent(batch.id)}/ack`;
    const body = JSON.stringify({ consumer, task });
    const { moved } = await api.json<{ moved: boolean }>(path, { method: "POST", body, repeatable: true });
    if (!moved)
      session.report.note(`batch ${batch.id} had been acknowledged meanwhile: does another pull run as ${consumer}?`);
  }
  session.report.result({ ...outcome.event, acknowledged: consumer !== undefined }, outcome.text);
}

async function heldBatches(api: ApiClient, task: string | undefined): Promise<BatchSummary[]> {
  const query = new URLSearchParams({ status: "held", ...(task !== undefined && { task }) });
  return (await api.json<BatchList>(`/v1/batches?${query}`)).batches;
}

function tellHeld({ report }: Session, held: readonly BatchSummary[]): void {
  for (const { id, task, createdAt } of held) report.result({ event: "held", batch: id, task, createdAt });
  if (held.length === 0) return;
  const names = held.map(({ id, task }) => inline(`${id} (${task ?? "-"})`)).join(", ");
  report.note(
    `held, and not pulled: ${names}. /console shows why, and releases them; they come with the next pull then`,
  );
}

function readConsumer(text: string): string {
  if (/^[\w.-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError("It is 1 to 64 of letters, digits, _ . and -.");
}

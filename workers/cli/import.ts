/**
 * `winnow import FILE`: calls that an app has logged by itself, streamed in constant memory. What was sent stays one however
 * often it is sent, so the same command again is how an import goes on.
 *
 *     bytes ──▶ lines ──▶ calls (shared/import) ──▶ chunks ──▶ POST /v1/exchanges ──▶ rejections by the line of the file
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import { LINE_BYTES_MAX } from "../../shared/import/bounds.ts";
import { IMPORT_SOURCES, type ImportSource } from "../../shared/import/importer.ts";
import { LineSplitter, type RawLine } from "../../shared/import/split-lines.ts";
import { FOREIGN_LINE_BYTES_MAX } from "./bounds.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { ChunkSender } from "./import-chunks.ts";
import { openInput } from "./import-input.ts";
import { callsOfLine } from "./import-lines.ts";
import { Rejections } from "./import-rejections.ts";
import type { Cli, Session, Work } from "./session.ts";

interface ImportOptions {
  from: ImportSource;
  provider?: string;
  task?: string;
  skip: number;
  dryRun?: boolean;
  rejected?: string;
}

export function addImport(program: Command, cli: Cli): void {
  program
    .command("import <file>")
    .description("sends logged calls, one a line (JSON lines, also gzipped as .gz; - is stdin; scope proxy)")
    .addOption(new Option("--from <source>", "whose log it is").choices(IMPORT_SOURCES).default("winnow"))
    .option("--provider <name>", "for lines that do not say whose model answered")
    .option("--task <task>", "for lines that name none")
    .option("--skip <lines>", "begin after so many lines", readCount, 0)
    .option("--dry-run", "check every line, and send nothing")
    .option("--rejected <file>", "write what was rejected there: a line, its number and its reason, as JSON lines")
    .action(cli.doing(importFile));
}

const importFile: Work<ImportOptions> = async (session, options, [file = ""]) => {
  const { dryRun = false } = options;
  const input = await openInput(file, session.terminal);
  const api = dryRun ? undefined : session.api();
  const rejections = await Rejections.open(options.rejected);
  const sender = new ChunkSender({ api, rejections });
  const progress = session.report.progress("import", input.bytes);
  try {
    await readAll({
      input,
      options,
      sender,
      rejections,
      onLine: (lines) => progress.reach(input.done(), tell(lines, sender)),
    });
  } catch (error) {
    if (sender.sentUpTo > 0)
      session.report.note(
        `sent so far: every line up to ${sender.sentUpTo}; go on with the same command, or with --skip ${sender.sentUpTo}`,
      );
    throw error;
  } finally {
    progress.clear();
    await rejections.close();
  }
  return tellEnd(session, { sender, rejections, options });
};

interface Reading {
  input: { chunks: AsyncIterable<Uint8Array> };
  options: ImportOptions;
  sender: ChunkSender;
  rejections: Rejections;
  onLine(number: number): void;
}

async function readAll(reading: Reading): Promise<void> {
  const { input, options, sender } = reading;
  const splitter = new LineSplitter(options.from === "winnow" ? LINE_BYTES_MAX : FOREIGN_LINE_BYTES_MAX);
  for await (const chunk of input.chunks) await takeLines(splitter.push(chunk), reading);
  await takeLines(splitter.end(), reading);
  await sender.end();
}

async function takeLines(lines: Iterable<RawLine>, { options, sender, rejections, onLine }: Reading): Promise<void> {
  for (const line of lines) {
    if (line.number <= options.skip) continue;
    onLine(line.number);
    for (const call of callsOfLine(line, options)) {
      if (call.ok) await sender.add({ line: line.number, text: call.value });
      else await rejections.add({ line: line.number, reason: call.reason });
    }
  }
}

function tell(lines: number, { accepted }: ChunkSender): string {
  return `line ${lines}, ${accepted} taken`;
}

function tellEnd(
  { report }: Session,
  { sender, rejections, options }: { sender: ChunkSender; rejections: Rejections; options: ImportOptions },
): ExitCode {
  const { accepted } = sender;
  const { total, first } = rejections;
  const dryRun = options.dryRun === true;
  const verb = dryRun ? "would be sent" : "taken";
  report.result(
    { event: "done", accepted, rejected: total, dryRun },
    `${accepted} ${accepted === 1 ? "call" : "calls"} ${verb}, ${total} rejected`,
  );
  for (const { line, reason } of first) report.note(`line ${line}: ${reason}`);
  const more = total - first.length;
  if (more > 0) {
    const where =
      options.rejected === undefined ? "--rejected FILE writes all of them" : `all of them are in ${options.rejected}`;
    report.note(`and ${more} more; ${where}`);
  }
  return total > 0 ? EXIT.rejected : EXIT.ok;
}

function readCount(text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It is a number of lines.");
}

/**
 * Takes dead letters in again. Five tries of a message are over within minutes; an outage of R2 or D1 may last longer, and leaves
 * everything that came meanwhile under dead/. A letter that fails once more waits twice as long; from its second try on it is taken in alone, so
 * that one that can't be does not hold up others.
 */
import { parseJson } from "../../shared/core/json.ts";
import { SWEEP_GROUP_BYTES_MAX, SWEEP_LETTER_ROWS_MAX } from "../../shared/core/limits.ts";
import { toText } from "../../shared/core/text.ts";
import {
  countTries,
  DEAD_PREFIX,
  type DeadLetter,
  dropLetters,
  dueLetters,
  openLetter,
} from "../../shared/store/dead-letters.ts";
import { listenerOf, tell } from "../../shared/telemetry/tell.ts";
import { exportSpans } from "./export-spans.ts";
import { groupBySize } from "./group-by-size.ts";
import { type Incoming, readBody } from "./read-message.ts";
import { secretsOf } from "./secrets.ts";
import { takeIn } from "./take-in.ts";

/** Of one segment, as of one batch of the queue. */
const GROUP_LETTERS_MAX = 100;

export async function retakeLetters(env: IngestEnv, nowMs: number): Promise<void> {
  const due = await dueLetters(env.DB, { nowMs, rowsMax: SWEEP_LETTER_ROWS_MAX });
  if (due.length === 0) return;
  const weight = ({ tries }: DeadLetter) => (tries === 0 ? 1 : Number.POSITIVE_INFINITY);
  let taken = 0;
  for (const group of groupBySize(due, weight, GROUP_LETTERS_MAX)) taken += await retakeGroup(env, { group, nowMs });
  tell(listenerOf(env, console.log), { event: "letters_retaken", due: due.length, taken });
}

interface Letter {
  key: string;
  message: Incoming;
  bytes: number;
}

async function retakeGroup(
  env: IngestEnv,
  { group, nowMs }: { group: readonly DeadLetter[]; nowMs: number },
): Promise<number> {
  const letters: Letter[] = [];
  for (const { key } of group) {
    const letter = await openOne(env, key);
    if (letter !== undefined) letters.push(letter);
  }
  let taken = 0;
  for (const some of groupBySize(letters, ({ bytes }) => bytes, SWEEP_GROUP_BYTES_MAX)) {
    taken += await retake(env, { letters: some, nowMs });
  }
  return taken;
}

async function openOne(env: IngestEnv, key: string): Promise<Letter | undefined> {
  try {
    const bytes = await openLetter({ bucket: env.STORE, sealer: secretsOf(env).sealer }, key);
    if (bytes === undefined) await dropLetters({ bucket: env.STORE, d1: env.DB }, [key]);
    return bytes && { key, message: readLetter(key, bytes), bytes: bytes.byteLength };
  } catch (error) {
    await failed(env, { keys: [key], error });
    return undefined;
  }
}

/** Bytes were buried as they came, and what was JSON as its text: a capture begins with neither bracket nor brace. */
function readLetter(key: string, bytes: Uint8Array<ArrayBuffer>): Incoming {
  const id = key.slice(DEAD_PREFIX.length);
  const isJson = bytes[0] === 0x5b || bytes[0] === 0x7b;
  return readBody({ id, body: isJson ? parseJson(toText(bytes)) : bytes });
}

async function retake(
  env: IngestEnv,
  { letters, nowMs }: { letters: readonly Letter[]; nowMs: number },
): Promise<number> {
  const keys = letters.map(({ key }) => key);
  try {
    const { stats, records } = await takeIn({ messages: letters.map(({ message }) => message), env, nowMs });
    if (stats.buried > 0) {
      // what cannot be read has been buried again, under the same key
      if (letters.length === 1) await countTries(env.DB, { keys, isLast: true });
      else await failed(env, { keys, error: `${stats.buried} of them cannot be read` });
      return 0;
    }
    await dropLetters({ bucket: env.STORE, d1: env.DB }, keys);
    await exportSpans(records, env);
    return letters.length;
  } catch (error) {
    await failed(env, { keys, error });
    return 0;
  }
}

async function failed(env: IngestEnv, { keys, error }: { keys: readonly string[]; error: unknown }): Promise<void> {
  tell(listenerOf(env, console.error), { event: "letters_failed", letters: keys.length, error });
  await countTries(env.DB, { keys, isLast: false });
}

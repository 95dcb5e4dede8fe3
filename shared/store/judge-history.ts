/** What a judge and people said of the same answers, over nights: `judge/history/<app>/<judge>.json` in R2. */
import { fingerprint } from "../core/hash.ts";
import { JUDGE_HISTORY_ROWS_MAX } from "../core/limits.ts";

interface HistoryOf {
  app: string;
  /** All that makes it this judge: provider, model, rubric, prompt. */
  judge: string;
}

export async function readJudgeHistory<Compared>(bucket: R2Bucket, of: HistoryOf): Promise<Compared[]> {
  const object = await bucket.get(keyOf(of));
  return object === null ? [] : ((await object.json()) as Compared[]);
}

/** The newest of an id stays, and of all the newest. */
export async function writeJudgeHistory<Compared extends { kind: string; id: string }>(
  bucket: R2Bucket,
  { compared, ...of }: HistoryOf & { compared: readonly Compared[] },
): Promise<void> {
  const newest = new Map<string, Compared>();
  for (const one of compared) {
    const name = `${one.kind} ${one.id}`;
    newest.delete(name);
    newest.set(name, one);
  }
  await bucket.put(keyOf(of), JSON.stringify([...newest.values()].slice(-JUDGE_HISTORY_ROWS_MAX)));
}

function keyOf({ app, judge }: HistoryOf): string {
  return `judge/history/${app}/${fingerprint(judge)}.json`;
}

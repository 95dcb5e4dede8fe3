/** What was erased stays out: captures that come once more, and words about them. */
import type { ExchangeRecord } from "../../shared/core/exchange.ts";
import type { FeedbackEvent } from "../../shared/core/feedback.ts";
import { idTimeMs } from "../../shared/core/ids.ts";
import { hashUserId } from "../../shared/core/user-id.ts";
import { erasedAmong, erasedUsers, otherName } from "../../shared/store/erasures.ts";
import { secretsOf } from "./secrets.ts";

interface Taken {
  records: ExchangeRecord[];
  events: FeedbackEvent[];
}

export async function leaveOutErased({ records, events }: Taken, env: IngestEnv): Promise<Taken> {
  const ids = [...records.map(({ id }) => id as string), ...events.map(nameOf)];
  const [gone, users] = await Promise.all([erasedAmong(env.DB, ids), erasedUsers(env.DB)]);
  if (gone.size + users.size === 0) return { records, events };
  const { signer } = secretsOf(env);
  const isErased = async ({ id, app, user }: ExchangeRecord): Promise<boolean> => {
    if (gone.has(id)) return true;
    if (user === null || users.size === 0) return false;
    const until = users.get(`${app} ${user}`) ?? users.get(`${app} ${await hashUserId(user, signer)}`);
    return until !== undefined && idTimeMs(id) <= until;
  };
  const erased = await Promise.all(records.map(isErased));
  return {
    records: records.filter((_, at) => !erased[at]),
    events: events.filter((event) => !gone.has(nameOf(event))),
  };
}

/** Under which what it speaks of stands among the erased. A request id is the app's own, and others may bear it too. */
function nameOf({ ref, app }: FeedbackEvent): string {
  if ("id" in ref) return ref.id;
  return "responseId" in ref ? otherName(app ?? "", `responseId:${ref.responseId}`) : "";
}

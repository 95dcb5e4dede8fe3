/**
 * Goes on with the nights that a stop interrupted. Cloudflare does that by itself; Miniflare keeps a Workflow's steps and
 * takes them up only when something wakes it, and any event does: the steps that are done are not done again.
 */

/** One of them runs at a time, as a rule. */
const NIGHTS_MAX = 100;

/** @returns ids of runs that cannot go on: their Workflow is not there */
export async function resumeNights(options: {
  d1: Pick<D1Database, "prepare">;
  nights: Pick<Workflow, "get">;
}): Promise<string[]> {
  const { d1, nights } = options;
  const open = d1.prepare("select id from runs where status = 'running' limit ?1").bind(NIGHTS_MAX);
  const { results } = await open.all<{ id: string }>();
  const missing: string[] = [];
  for (const { id } of results) {
    try {
      const night = await nights.get(id);
      await night.sendEvent({ type: "wake", payload: null });
    } catch {
      missing.push(id); // Workflows throw for an id they don't know
    }
  }
  return missing;
}

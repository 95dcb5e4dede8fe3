/** Begins the delivery of an event, once: a step that is done again finds the one that it began. */
import type { BatchEvent } from "./standard-webhook.ts";

/** The Workflow that delivers (workers/curator/deliver.ts). */
export interface Deliveries {
  create(options: { id: string; params: { url: string; event: BatchEvent } }): Promise<unknown>;
  get(id: string): Promise<unknown>;
}

/** @param told url undefined: nobody wants to be told */
export async function announce(
  deliveries: Deliveries,
  told: { url: string | undefined; id: string; event: BatchEvent },
): Promise<void> {
  const { url, id, event } = told;
  if (url === undefined) return;
  try {
    await deliveries.create({ id, params: { url, event } });
  } catch (error) {
    // Workflows refuse an id that there is already
    const begun = await deliveries.get(id).then(
      () => true,
      () => false,
    );
    if (!begun) throw error;
  }
}

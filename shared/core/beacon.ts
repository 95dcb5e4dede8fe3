/** What /beacon.js gives to a page, as `winnow` or as the exports of /beacon.mjs. Ids are what `x-winnow-id` had. */

export interface Beacon {
  /** null takes it back, as in the other calls. */
  thumb(id: string, value: "up" | "down" | null): void;
  /** @param value 0 to 1 */
  rate(id: string, value: number | null): void;
  /** What the answer should have said. */
  correct(id: string, text: string | null): void;
  comment(id: string, text: string | null): void;
  accept(id: string): void;
  dismiss(id: string): void;
  copied(id: string): void;
  regenerated(id: string): void;
  metric(id: string, name: string, value: boolean | number | null): void;
  /**
   * Copies out of an element count as `copied`; a text in it that is changed, when it is left, as the correction of what it
   * first said. @returns ends it
   */
  watch(element: object, id: string, options?: WatchOptions): () => void;
  /** Sends what waits now, and not in a moment. */
  flush(): Promise<void>;
}

export interface WatchOptions {
  /** What the answer said, where the element does not say it yet. */
  original?: string;
  /**
   * Also tell, when the page goes out of sight, as metric `dwell_s` for how many seconds it was in sight, and as metric
   * `abandoned` whether nothing was done with the answer until then.
   */
  dwell?: boolean;
}

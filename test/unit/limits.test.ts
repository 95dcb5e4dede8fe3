import { describe, expect, test } from "vitest";
import * as limits from "../../shared/core/limits.ts";

describe("the limits", () => {
  test("are whole numbers above zero, each with its unit in its name", () => {
    const unit =
      /_(BYTES|CHARS|EVENTS|DEPTH|ENTRIES|TRIES|CAPTURES|MS|WAITING|ROWS|EXCHANGES|SEGMENTS|SETS|STEPS|BATCHES|APPS|KEYS|KINDS|FAILURES)(_MAX|_MIN)?$/;
    for (const [name, value] of Object.entries(limits)) {
      expect(Number.isSafeInteger(value) && value > 0, `${name} is ${value}`).toBe(true);
      expect(name).toMatch(unit);
    }
  });

  test("let a capture message and a feedback message into the queue, with room for its metadata", () => {
    expect(limits.CAPTURE_MESSAGE_BYTES_MAX + 1_000).toBeLessThanOrEqual(limits.QUEUE_MESSAGE_BYTES_MAX);
    const grown = limits.FEEDBACK_EVENTS_MAX * limits.FEEDBACK_EVENT_EXTRA_BYTES_MAX;
    expect(limits.FEEDBACK_BODY_BYTES_MAX + grown + 1_000).toBeLessThanOrEqual(limits.QUEUE_MESSAGE_BYTES_MAX);
    expect(limits.QUEUE_MESSAGE_BYTES_MAX).toBeLessThanOrEqual(128_000); // Cloudflare's
  });

  test("let an answer that is read whole be copied whole, and one read into the copy", () => {
    expect(limits.JSON_ANSWER_BYTES_MAX).toBeLessThanOrEqual(limits.ANSWER_COPY_BYTES_MAX);
    expect(limits.COPY_READ_BYTES).toBeLessThanOrEqual(limits.ANSWER_COPY_BYTES_MAX);
    // The copy grows by whole reads, and is never past its bound only if they divide it.
    expect(limits.ANSWER_COPY_BYTES_MAX % limits.COPY_READ_BYTES).toBe(0);
  });

  test("let what was packed be unpacked: both bodies at their bounds, and the header", () => {
    const bodies = limits.REQUEST_BODY_BYTES_MAX + limits.ANSWER_COPY_BYTES_MAX;
    const texts = 5 * limits.HEADER_VALUE_CHARS_MAX * 6 + 2 * limits.META_BYTES_MAX; // \u-escapes, quotes
    expect(limits.CAPTURE_UNPACKED_BYTES_MAX - bodies).toBeGreaterThan(texts + 16 * 1024); // 16 KB: Cloudflare's longest URL
    expect(limits.RECORD_BYTES_MAX).toBeGreaterThan(limits.CAPTURE_UNPACKED_BYTES_MAX);
  });

  test("keep one run within what a Workflow and its isolate can do", () => {
    expect(limits.RUN_STEPS_MAX).toBeLessThanOrEqual(1_024); // steps of a Workflow
    expect(limits.RUN_EXCHANGES_MAX % limits.RUN_PAGE_ROWS).toBe(0);
    const drawn = limits.RUN_BUDGET_ROWS_MAX + limits.RUN_AUDIT_ROWS_MAX;
    expect(limits.RUN_FILE_BYTES_MAX).toBeGreaterThanOrEqual(drawn * 2_000); // some 1 KB an entry
    expect(limits.RUN_JUDGED_ROWS_MAX).toBeGreaterThanOrEqual(drawn); // of one task at least
  });
});

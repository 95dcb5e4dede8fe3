/**
 * Captures to the gateway's queue, as many a call as it takes: `sendBatch` has 100 messages and 256 KB at most
 * (https://developers.cloudflare.com/queues/platform/limits/). What is too large for a message is gzipped, and spilled
 * beyond that, as in the gateway (send-capture.ts); what the queue refuses is not spilled here, since the caller can
 * be asked to send it again.
 */
import { packCapture, packPointer } from "../../shared/capture/envelope.ts";
import type { Capture } from "../../shared/core/exchange.ts";
import type { FeedbackEvent } from "../../shared/core/feedback.ts";
import { gzip } from "../../shared/core/gzip.ts";
import {
  CAPTURE_MESSAGE_BYTES_MAX,
  FEEDBACK_BODY_BYTES_MAX,
  FEEDBACK_EVENTS_MAX,
  QUEUE_SEND_TRIES_MAX,
} from "../../shared/core/limits.ts";
import { toBytes } from "../../shared/core/text.ts";
import { spillKey } from "../../shared/store/spill.ts";
import { type Listener, tell } from "../../shared/telemetry/tell.ts";
import type { TakenLine } from "./import-one.ts";

const BATCH_MESSAGES_MAX = 100;
/** 256 KB less what feedback may add to the batch that is full, and some 100 B of metadata a message. */
const BATCH_BYTES_MAX = 150_000;
const METADATA_BYTES = 100;

/** The queue refused as often as it is asked; everything before it was taken. */
export class QueueRefused extends Error {}

export class ImportQueue {
  readonly #queue: Queue;
  readonly #bucket: R2Bucket;
  readonly #listener: Listener;
  #messages: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;
  #events: FeedbackEvent[] = [];
  #eventBytes = 0;

  constructor(options: { queue: Queue; bucket: R2Bucket; listener: Listener }) {
    this.#queue = options.queue;
    this.#listener = options.listener;
    this.#bucket = options.bucket;
  }

  /** Waits for the queue where a batch is full: this is what holds the sender back. */
  async add({ capture, events }: TakenLine): Promise<void> {
    const message = await this.#pack(capture);
    const eventBytes = toBytes(JSON.stringify(events)).length;
    const bytes = message.length + METADATA_BYTES;
    // Feedback counts as the messages that it may need, one each FEEDBACK_EVENTS_MAX or FEEDBACK_BODY_BYTES_MAX.
    const isFull =
      this.#messages.length >= BATCH_MESSAGES_MAX - 1 ||
      this.#bytes + bytes > BATCH_BYTES_MAX ||
      this.#events.length + events.length > FEEDBACK_EVENTS_MAX ||
      this.#eventBytes + eventBytes > FEEDBACK_BODY_BYTES_MAX;
    if (isFull) await this.flush();
    this.#messages.push(message);
    this.#bytes += bytes;
    this.#events.push(...events);
    this.#eventBytes += eventBytes;
  }

  /** @throws QueueRefused */
  async flush(): Promise<void> {
    const [messages, events] = [this.#messages, this.#events];
    this.#messages = [];
    this.#bytes = 0;
    this.#events = [];
    this.#eventBytes = 0;
    if (messages.length === 0) return;
    for (let tries = 0; tries < QUEUE_SEND_TRIES_MAX; tries++) {
      try {
        await this.#queue.sendBatch(requestsOf(messages, events));
        return;
      } catch (error) {
        tell(this.#listener, { event: "import_refused", messages: messages.length, error });
      }
    }
    throw new QueueRefused(`the queue refused ${messages.length} messages ${QUEUE_SEND_TRIES_MAX} times`);
  }

  async #pack(capture: Capture): Promise<Uint8Array<ArrayBuffer>> {
    const plain = packCapture(capture);
    if (plain.length <= CAPTURE_MESSAGE_BYTES_MAX) return plain;
    const packed = await gzip(plain);
    if (packed.length <= CAPTURE_MESSAGE_BYTES_MAX) return packed;
    const key = spillKey(capture.header.id);
    await this.#bucket.put(key, packed);
    return packPointer(key);
  }
}

/** A send takes the arrays' buffers over even where it then fails: each try gets its own copies. */
function* requestsOf(
  messages: readonly Uint8Array<ArrayBuffer>[],
  events: readonly FeedbackEvent[],
): Generator<MessageSendRequest> {
  for (const message of messages) yield { body: message.slice(), contentType: "bytes" };
  if (events.length > 0) yield { body: events, contentType: "json" };
}

/** A conversation: each message with its role, its text, its tool calls, its images by reference. All of it is hostile. */
import type { Message } from "../../../shared/core/exchange.ts";
import { isObject, type Json, type JsonObject, parseJson } from "../../../shared/core/json.ts";
import { bytes, count, cut } from "./figures.ts";
import { textOf } from "./find-exchanges.ts";
import { Markdown } from "./markdown.tsx";
import { cutToBytes, pageBytes } from "./page-bytes.ts";

/** Of one message, and of all, as they stand in the page, which may have 100 KB. */
const MESSAGE_BYTES_MAX = 20_000;
const CONVERSATION_BYTES_MAX = 40_000;
/** Of one message; each takes some 100 bytes more than its text. */
const PARTS_MAX = 20;
const CALLS_MAX = 10;
/** What a message takes, beside its text. */
const TURN_BYTES = 150;
const REFERENCE_CHARS_MAX = 300;

export function Conversation({ messages, whole }: { messages: readonly Message[]; whole: string }) {
  const { shown, isCut } = fitToPage(messages);
  return (
    <section aria-label="Conversation">
      {shown.map(({ message, bytesMax }) => (
        <Turn message={message} bytesMax={bytesMax} />
      ))}
      {isCut && (
        <p class="note">
          It is longer than a page shows: {count(messages.length)} messages. The whole is at <code>GET {whole}</code>.
        </p>
      )}
    </section>
  );
}

interface Fitted {
  message: Message;
  bytesMax: number;
}

/** The end of a conversation says most about its answer: when it is too long, the beginning goes. */
function fitToPage(messages: readonly Message[]): { shown: Fitted[]; isCut: boolean } {
  const shown: Fitted[] = [];
  let left = CONVERSATION_BYTES_MAX;
  let isCut = false;
  for (const message of messages.toReversed()) {
    if (left <= 0) return { shown: shown.reverse(), isCut: true };
    const bytesMax = Math.min(MESSAGE_BYTES_MAX, left);
    const bytes = pageBytes(textOf(message));
    isCut ||= bytes > bytesMax || (Array.isArray(message.content) && message.content.length > PARTS_MAX);
    shown.push({ message, bytesMax });
    left -= Math.min(bytes, bytesMax) + TURN_BYTES;
  }
  return { shown: shown.reverse(), isCut };
}

function Turn({ message, bytesMax }: Fitted) {
  const { role, content, name, tool_call_id: answers } = message;
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls.slice(0, CALLS_MAX) : [];
  const share = Math.ceil(bytesMax / (calls.length + 1));
  const known = ["system", "developer", "user", "assistant", "tool"].find((one) => one === role);
  return (
    <article class={`turn ${known ?? ""}`}>
      <h3>
        <bdi>{cut(role, 40)}</bdi>
        {typeof name === "string" && <bdi>{` ${cut(name, 80)}`}</bdi>}
        {typeof answers === "string" && <bdi>{` answers ${cut(answers, 80)}`}</bdi>}
      </h3>
      <Content content={content} bytesMax={share} />
      {calls.map((call) => (
        <ToolCall call={call} bytesMax={share} />
      ))}
    </article>
  );
}

function Content({ content, bytesMax }: { content: Json | undefined; bytesMax: number }) {
  if (content === undefined || content === null) return null;
  if (typeof content === "string") return <Markdown text={cutToBytes(content, bytesMax)} />;
  if (!Array.isArray(content)) return <pre>{cutToBytes(JSON.stringify(content, null, 2), bytesMax)}</pre>;
  const parts = content.slice(0, PARTS_MAX);
  return (
    <>
      {parts.map((part) => (
        <Part part={part} bytesMax={Math.ceil(bytesMax / parts.length)} />
      ))}
    </>
  );
}

function Part({ part, bytesMax }: { part: Json; bytesMax: number }) {
  if (typeof part === "string") return <Markdown text={cutToBytes(part, bytesMax)} />;
  if (!isObject(part)) return null;
  if (typeof part.text === "string") return <Markdown text={cutToBytes(part.text, bytesMax)} />;
  const reference = referenceOf(part);
  if (reference !== undefined) {
    return (
      <span class="reference">
        {`${cut(String(part.type ?? "attachment"), 40)}: `}
        <bdi class="mono">{reference}</bdi>
      </span>
    );
  }
  return <pre>{cutToBytes(JSON.stringify(part, null, 2), bytesMax)}</pre>;
}

/** Where an image, a sound or a file is; its bytes, where they stand in the message, as their kind and size. */
function referenceOf(part: JsonObject): string | undefined {
  for (const value of Object.values(part)) {
    const address =
      typeof value === "string" ? value : isObject(value) ? (value.url ?? value.data ?? value.file_id) : null;
    if (typeof address !== "string" || address === part.type) continue;
    const inline = /^data:([\w/+.-]{1,60})[;,]/.exec(address.slice(0, 80))?.[1];
    if (inline !== undefined) return `${inline}, ${bytes(Math.round(address.length * 0.75))}, within the message`;
    return cut(address, REFERENCE_CHARS_MAX);
  }
  return undefined;
}

function ToolCall({ call, bytesMax }: { call: Json; bytesMax: number }) {
  const called = isObject(call) && isObject(call.function) ? call.function : isObject(call) ? call : {};
  const given = called.arguments ?? called.input ?? null;
  const parsed = typeof given === "string" ? (parseJson(given) ?? given) : given;
  const id = isObject(call) && typeof call.id === "string" ? call.id : "";
  return (
    <div>
      <p class="muted">
        calls <bdi class="mono">{cut(String(called.name ?? "a tool"), 200)}</bdi> <bdi class="mono">{cut(id, 80)}</bdi>
      </p>
      <pre>{cutToBytes(typeof parsed === "string" ? parsed : JSON.stringify(parsed, null, 2), bytesMax)}</pre>
    </div>
  );
}

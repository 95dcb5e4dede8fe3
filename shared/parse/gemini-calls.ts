/**
 * Function calls and what the app answers to them. Gemini's ids are optional: without one, an answer belongs to the
 * first open call of its name, and the call gets an id of ours, which is the same in every turn of the conversation.
 * https://ai.google.dev/gemini-api/docs/function-calling
 */
import type { Message } from "../core/exchange.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { readList } from "./gemini-fields.ts";
import { readMedia } from "./gemini-media.ts";
import { readName } from "./parse-bounded.ts";

interface Call {
  id: string;
  isAnswered: boolean;
}

/** Calls of one name in their order; those before `next` are answered. */
interface Queue {
  calls: Call[];
  next: number;
}

/** The calls of one conversation, from its first message on. */
export class FunctionCalls {
  readonly #byId = new Map<string, Call>();
  readonly #byName = new Map<string, Queue>();
  #count = 0;

  /** A call in chat's shape. */
  read(functionCall: JsonObject): JsonObject {
    const { args } = functionCall;
    const name = readName(functionCall.name);
    const call = { id: readName(functionCall.id) ?? `call_${this.#count}`, isAnswered: false };
    this.#count++;
    this.#byId.set(call.id, call);
    const queue = this.#byName.get(name ?? "") ?? { calls: [], next: 0 };
    queue.calls.push(call);
    this.#byName.set(name ?? "", queue);
    return { id: call.id, type: "function", function: { name, arguments: textOf(args ?? {}) } };
  }

  /** The message that answers a call. Its id is null where no such call was made. */
  readAnswer(functionResponse: JsonObject): Message {
    const name = readName(functionResponse.name);
    const call = this.#find(readName(functionResponse.id), name);
    if (call !== undefined) call.isAnswered = true;
    const id = call?.id ?? readName(functionResponse.id);
    return { role: "tool", tool_call_id: id, ...(name === null ? {} : { name }), content: contentOf(functionResponse) };
  }

  #find(id: string | null, name: string | null): Call | undefined {
    const named = id === null ? undefined : this.#byId.get(id);
    if (named !== undefined) return named;
    const queue = this.#byName.get(name ?? "");
    if (queue === undefined) return undefined;
    while (queue.calls[queue.next]?.isAnswered) queue.next++;
    return queue.calls[queue.next];
  }
}

/** The result as JSON, and what pictures and files came with it. */
function contentOf({ response, parts }: JsonObject): Json {
  const text = textOf(response);
  const media = readList(parts).map((part) => (isObject(part) ? (readMedia(part) ?? part) : part));
  return media.length === 0 ? text : [{ type: "text", text }, ...media];
}

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

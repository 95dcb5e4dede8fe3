/** Pulled files as lines of an import: a row and its provenance hold what the call was, and what was said of it. */
import type { Example } from "../../shared/core/example.ts";
import { canonicalJson, type Json, type JsonObject } from "../../shared/core/json.ts";

export interface ProvenanceRow extends JsonObject {
  file: "sft" | "preference" | "kto" | "eval";
  row: number;
  exchangeId: string;
  at: string;
  model: string;
  because: string;
  lineage: JsonObject;
}

export interface PulledFiles {
  /** In OpenAI's form. */
  sft: JsonObject[];
  eval: JsonObject[];
  preference: JsonObject[];
  /** In TRL's. */
  kto: JsonObject[];
  provenance: ProvenanceRow[];
}

/** A correction comes back as the answer that it mended and the text; what it makes besides a pair is made of that again. */
export function linesOfPulled({ provenance, ...files }: PulledFiles): JsonObject[] {
  return provenance.flatMap((why) => {
    const row = files[why.file][why.row - 1];
    if (row === undefined) throw new Error(`no row ${why.row} of ${why.file}`);
    if (why.because === "correction" && why.file !== "preference") return [];
    return [lineOf(why, callOf(why, row))];
  });
}

interface Call {
  messages: JsonObject[];
  tools: JsonObject["tools"];
  answer: JsonObject;
  said: JsonObject;
}

export function callOf({ file }: Pick<ProvenanceRow, "file">, row: JsonObject): Call {
  switch (file) {
    case "sft":
    case "eval": {
      const messages = messagesIn(row.messages);
      const answer = messages.pop() ?? {};
      return { messages, tools: row.tools, answer, said: { kind: "thumb", value: "up" } };
    }
    case "preference": {
      const { messages, tools } = row.input as JsonObject;
      const [answer = {}] = messagesIn(row.non_preferred_output);
      const [chosen = {}] = messagesIn(row.preferred_output);
      return { messages: messagesIn(messages), tools, answer, said: { kind: "correction", text: chosen.content } };
    }
    case "kto": {
      const [answer = {}] = messagesIn(row.completion);
      const said = { kind: "thumb", value: row.label === true ? "up" : "down" };
      return { messages: messagesIn(row.prompt), tools: row.tools, answer, said };
    }
  }
}

/**
 * As the API has them: without OpenAI's training weight, with null where there are calls alone; and without what TRL adds,
 * the name of a tool's answer and arguments as an object.
 */
function messagesIn(value: JsonObject[string]): JsonObject[] {
  return (value as JsonObject[]).map(({ weight: _weight, tool_calls: calls, name, ...message }) => {
    if (calls === undefined) return { ...message, ...(message.role !== "tool" && name !== undefined && { name }) };
    const toolCalls = (calls as JsonObject[]).map((call) => {
      const called = call.function as JsonObject;
      const text = typeof called.arguments === "string" ? called.arguments : JSON.stringify(called.arguments);
      return { ...call, function: { ...called, arguments: text } };
    });
    return { content: null, ...message, tool_calls: toolCalls };
  });
}

function lineOf(
  { exchangeId, at, model, because, lineage }: ProvenanceRow,
  { messages, tools, answer, said }: Call,
): JsonObject {
  return {
    id: exchangeId,
    provider: "openai",
    path: "/v1/chat/completions",
    task: "round-trip",
    at,
    // that of a correction is the corrector's, and not the answer's
    ...(because !== "correction" && { lineage }),
    request: { model, messages, ...(tools !== undefined && { tools }) },
    response: {
      object: "chat.completion",
      model,
      choices: [{ index: 0, message: answer, finish_reason: "stop" }],
      usage: { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 },
    },
    feedback: [{ ...said, actor: `actor-${exchangeId}` }],
  };
}

/** What a row teaches, and why it is there; not which exchange of which winnow it was made of. */
export function meaningOf(example: Example): string {
  const { id: _id, provenance, ...rows } = example;
  const { at, model, because, lineage } = provenance;
  return canonicalJson({ ...rows, at, model, because, lineage } as unknown as Json);
}

/** Rows of every format in the form of OpenAI's files (TRL's for KTO), so that what was pulled can be imported again. */
import type { ExampleFile } from "../../shared/core/example.ts";
import { isObject, type Json, type JsonObject, parseJson } from "../../shared/core/json.ts";
import type { ExportFormat } from "../../shared/export/formats.ts";

/** undefined: the row cannot be imported again. */
type ReadBack = (row: JsonObject, file: ExampleFile) => JsonObject | undefined;

export const READ_BACK: Record<ExportFormat, ReadBack> = {
  openai: (row) => row,
  together: (row) => row,
  trl: pairOfColumns,
  parquet: (row, file) => {
    const { tools, ...columns } = withoutNulls(row) as JsonObject;
    return pairOfColumns({ ...columns, ...(typeof tools === "string" && { tools: parseJson(tools) ?? null }) }, file);
  },
  sharegpt: ({ conversations, system, tools, chosen, rejected, label }, file) => {
    if (tools !== "") return undefined; // it has no ids of calls
    const head = system === "" ? [] : [{ role: "system", content: system ?? null }];
    const prompt = [...head, ...items(conversations).map(ofSharegpt)];
    return pairOfColumns(
      { prompt, chosen: [chosen].map(ofSharegpt), rejected: [rejected].map(ofSharegpt), label },
      file,
    );
  },
  gemini: ({ systemInstruction, contents, completions }, file) => {
    const prompt = [systemInstruction, ...items(contents)].filter(isObject).map(ofGemini);
    const [chosen = [], rejected = []] = items(completions).map((one) => [ofGemini(one.completion)]);
    return pairOfColumns({ prompt, chosen, rejected }, file);
  },
  bedrock: ({ system, messages }, file) => {
    const head = system === undefined ? [] : [{ role: "system", content: textIn(system) }];
    const turns = items(messages).map(({ role, content }) => ({ role: role ?? null, content: textIn(content) }));
    return pairOfColumns({ prompt: [...head, ...turns] }, file);
  },
};

/** Of TRL's columns; `prompt` may hold the answer, too, where a format keeps the two together. */
function pairOfColumns(row: { [column in string]?: Json | undefined }, file: ExampleFile): JsonObject {
  const { messages, prompt = [], completion, chosen = [], rejected = [], tools, label } = row;
  const offered = tools === undefined ? {} : { tools };
  switch (file) {
    case "sft":
    case "eval":
      return { messages: messages ?? prompt, ...offered };
    case "preference":
      return { input: { messages: prompt, ...offered }, preferred_output: chosen, non_preferred_output: rejected };
    case "kto": {
      const answered = completion === undefined ? items(prompt) : [...items(prompt), ...items(completion)];
      return { prompt: answered.slice(0, -1), completion: answered.slice(-1), label: label ?? null, ...offered };
    }
  }
}

function ofSharegpt(turn: Json | undefined): JsonObject {
  const { from, value } = isObject(turn) ? turn : {};
  return { role: from === "gpt" ? "assistant" : "user", content: value ?? null };
}

function ofGemini(content: Json | undefined): JsonObject {
  const { role, parts } = isObject(content) ? content : {};
  return { role: role === "model" ? "assistant" : (role ?? null), content: textIn(parts) };
}

function textIn(parts: Json | undefined): string {
  return items(parts)
    .map(({ text }) => String(text))
    .join("");
}

function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const there = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(there.map(([name, item]) => [name, withoutNulls(item ?? null)]));
}

function items(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

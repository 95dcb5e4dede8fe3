/**
 * A question in the shape of a provider's API: OpenAI's chat completions, Anthropic's messages, Gemini's generateContent.
 * No temperature is sent, since newer models refuse any but their own; what repeats a verdict is the cache.
 */
import type { JsonObject } from "../core/json.ts";
import type { JudgePrompt } from "./prompt.ts";

export interface JudgeModel {
  format: "openai" | "anthropic" | "google";
  /** Where OpenAI's API lies: `/v1`. Only for that format. */
  openaiPath: string;
  model: string;
  /** OpenAI's and Azure's name for the bound of a reply; others know only `max_tokens`. */
  tokensField: "max_completion_tokens" | "max_tokens";
  /** Ask for a JSON object by the API's own means: servers of a team's own may not know it. */
  jsonMode: boolean;
  replyTokensMax: number;
}

export interface WireRequest {
  /** To be appended to the provider's base address. */
  path: string;
  /** Beside the key's. */
  headers: Readonly<Record<string, string>>;
  body: JsonObject;
}

export function wireRequest(judge: JudgeModel, prompt: JudgePrompt): WireRequest {
  if (judge.format === "anthropic") return anthropicRequest(judge, prompt);
  return judge.format === "google" ? geminiRequest(judge, prompt) : openAiRequest(judge, prompt);
}

/** https://platform.openai.com/docs/api-reference/chat/create */
function openAiRequest(judge: JudgeModel, { system, user }: JudgePrompt): WireRequest {
  return {
    path: `${judge.openaiPath}/chat/completions`,
    headers: {},
    body: {
      model: judge.model,
      messages: [
        { role: "system", content: system },
        { role: "user", content: user },
      ],
      [judge.tokensField]: judge.replyTokensMax,
      ...(judge.jsonMode ? { response_format: { type: "json_object" } } : {}),
    },
  };
}

/** https://docs.anthropic.com/en/api/messages */
function anthropicRequest(judge: JudgeModel, { system, user }: JudgePrompt): WireRequest {
  return {
    path: "/v1/messages",
    headers: { "anthropic-version": "2023-06-01" },
    body: { model: judge.model, max_tokens: judge.replyTokensMax, system, messages: [{ role: "user", content: user }] },
  };
}

/** https://ai.google.dev/api/generate-content; its maxOutputTokens holds the thoughts too. */
function geminiRequest(judge: JudgeModel, { system, user }: JudgePrompt): WireRequest {
  return {
    path: `/v1beta/models/${encodeURIComponent(judge.model.replace(/^models\//, ""))}:generateContent`,
    headers: {},
    body: {
      systemInstruction: { parts: [{ text: system }] },
      contents: [{ role: "user", parts: [{ text: user }] }],
      generationConfig: {
        maxOutputTokens: judge.replyTokensMax,
        ...(judge.jsonMode ? { responseMimeType: "application/json" } : {}),
      },
    },
  };
}

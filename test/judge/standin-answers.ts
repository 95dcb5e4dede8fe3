/** Answers with all the fields that recorded ones have: OpenAI's with details of usage, Anthropic's and Gemini's with thoughts. */
import type { JsonObject } from "../../shared/core/json.ts";

export interface Told {
  reply: string;
  inputTokens: number;
  /** Thoughts included. */
  outputTokens: number;
}

export function chatAnswer({ reply, inputTokens, outputTokens }: Told): JsonObject {
  return {
    id: "chatcmpl-Dyln9x0m6SZi5esRfU7vKKMeY9xzP",
    object: "chat.completion",
    created: 1_783_375_763,
    model: "gpt-4o-2024-08-06",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: reply, refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: {
      prompt_tokens: inputTokens,
      completion_tokens: outputTokens,
      total_tokens: inputTokens + outputTokens,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
    service_tier: "default",
    system_fingerprint: "fp_f38e8ce955",
  };
}

export function anthropicAnswer({ reply, inputTokens, outputTokens }: Told): JsonObject {
  return {
    id: "msg_01VWoy28sUMKXEpbwuUkrpmP",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5-20250929",
    content: [
      { type: "thinking", thinking: 'Is it {"winner": "tie"}? Let me see.', signature: "EooCCkYICxgC" },
      { type: "text", text: reply },
    ],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: {
      input_tokens: inputTokens,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: outputTokens,
      service_tier: "standard",
    },
  };
}

export function geminiAnswer({ reply, inputTokens, outputTokens }: Told): JsonObject {
  const thoughts = Math.min(outputTokens, 7);
  return {
    candidates: [
      {
        content: { role: "model", parts: [{ thought: true, text: 'Maybe {"winner": "tie"}.' }, { text: reply }] },
        finishReason: "STOP",
        index: 0,
      },
    ],
    modelVersion: "gemini-2.5-flash",
    responseId: "W81gar6JN_K1qtsP4-zLsQs",
    usageMetadata: {
      promptTokenCount: inputTokens,
      candidatesTokenCount: outputTokens - thoughts,
      totalTokenCount: inputTokens + outputTokens,
      promptTokensDetails: [{ modality: "TEXT", tokenCount: inputTokens }],
      thoughtsTokenCount: thoughts,
      serviceTier: "standard",
    },
  };
}

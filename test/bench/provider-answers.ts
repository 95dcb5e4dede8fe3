/** What the benchmark's provider answers. ASCII, so that characters are bytes. */

const SENTENCE =
  "The parcel left the warehouse on Tuesday and the carrier expects to deliver it within two working days. ";

export const ANSWER_TEXT = JSON.stringify({
  id: "chatcmpl-bench0123456789abcdefghij",
  object: "chat.completion",
  created: 1_795_000_000,
  model: "gpt-4o-mini-2024-07-18",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: SENTENCE.repeat(7).trim(), refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: "stop",
    },
  ],
  usage: { prompt_tokens: 212, completion_tokens: 140, total_tokens: 352 },
  service_tier: "default",
  system_fingerprint: "fp_0123456789",
});

/** One event of a stream of `chunks` events, the last of which says `[DONE]`. */
export function eventText(options: { index: number; chunks: number }): string {
  const { index, chunks } = options;
  if (index === chunks - 1) return "data: [DONE]\n\n";
  const event = {
    id: "chatcmpl-bench0123456789abcdefghij",
    object: "chat.completion.chunk",
    created: 1_795_000_000,
    model: "gpt-4o-mini-2024-07-18",
    service_tier: "default",
    system_fingerprint: "fp_0123456789",
    choices: [
      {
        index: 0,
        delta: index === chunks - 2 ? {} : { content: ` word${index}` },
        logprobs: null,
        finish_reason: index === chunks - 2 ? "stop" : null,
      },
    ],
  };
  return `data: ${JSON.stringify(event)}\n\n`;
}

export function streamText(chunks: number): string {
  return Array.from({ length: chunks }, (_, index) => eventText({ index, chunks })).join("");
}

/** Canonical examples written by hand: each is here for what its id says. */
import type {
  CompletionExample,
  Example,
  KtoExample,
  PreferenceExample,
  Provenance,
} from "../../shared/core/example.ts";
import type { Message } from "../../shared/core/exchange.ts";
import type { ExchangeId } from "../../shared/core/ids.ts";
import type { Json } from "../../shared/core/json.ts";

type Common = { id: string; prompt: Message[]; tools?: Json[] | null; provenance?: Provenance };

export function provenanceOf(id: string): Provenance {
  let digits = 0;
  for (const character of id) digits = (digits * 31 + character.charCodeAt(0)) % 0xffff;
  return {
    exchangeId: `019a0000-0000-7000-8000-00000000${digits.toString(16).padStart(4, "0")}` as ExchangeId,
    at: "2025-11-20T03:04:05.678Z",
    model: "gpt-4.1-mini",
    template: "a1b2c3d4e5f60718",
    inclusionProbability: 0.25,
    stratum: "summarise-ticket/good",
    pGood: 0.93,
    grounds: [{ kind: "thumb", value: "up", actor: "ada", logOdds: 2.2 }],
    lineage: { origin: "model", model: "gpt-4.1-mini" },
    because: "thumb",
  };
}

export function completionExample(options: Common & { file?: "sft" | "eval"; completion: Message }): CompletionExample {
  const { id, prompt, tools = null, provenance = provenanceOf(id), file = "sft", completion } = options;
  return { id, file, prompt, tools, provenance, completion };
}

export function preferenceExample(options: Common & { chosen: Message; rejected: Message }): PreferenceExample {
  const { id, prompt, tools = null, provenance = provenanceOf(id), chosen, rejected } = options;
  return { id, file: "preference", prompt, tools, provenance, chosen, rejected };
}

export function ktoExample(options: Common & { completion: Message; label: boolean }): KtoExample {
  const { id, prompt, tools = null, provenance = provenanceOf(id), completion, label } = options;
  return { id, file: "kto", prompt, tools, provenance, completion, label };
}

export const user = (content: Json): Message => ({ role: "user", content });
export const assistant = (content: Json): Message => ({ role: "assistant", content });

export const WEATHER_TOOL: Json = {
  type: "function",
  function: {
    name: "get_weather",
    description: "Weather of a place",
    parameters: {
      type: "object",
      // Not in alphabetical order: the model reads them as the app wrote them.
      properties: { place: { type: "string" }, day: { type: "string", enum: ["today", "tomorrow"] } },
      required: ["place"],
    },
    strict: true,
  },
  cache_control: { type: "ephemeral" },
};

export const weatherCall = (id: string, place: string): Json => ({
  index: 0,
  id,
  type: "function",
  function: { name: "get_weather", arguments: `{"place": "${place}", "day": "today"}` },
});

const TOOL_HISTORY: Message[] = [
  user("Oslo or Bergen?"),
  { role: "assistant", content: null, tool_calls: [weatherCall("call_1", "Oslo"), weatherCall("call_2", "Bergen")] },
  { role: "tool", tool_call_id: "call_2", name: "get_weather", content: "Rain, 6 °C" },
  { role: "tool", tool_call_id: "call_1", content: [{ type: "text", text: "Snow, -2 °C" }] },
];

const PLAIN_PROMPT = [user("Summarise: the printer is on fire.")];

export const SFT_EXAMPLES: Example[] = [
  completionExample({ id: "plain", prompt: PLAIN_PROMPT, completion: assistant("A printer burns.") }),
  completionExample({
    id: "system-and-history",
    prompt: [
      { role: "system", content: "Answer in one line.", name: "policy" },
      { role: "user", content: "Hi", name: "ada" },
      assistant("Hello."),
      user('And now in "Latin"?\n\tPlease \\ thanks'),
    ],
    completion: { ...assistant("Salve."), refusal: null, annotations: [], audio: null, reasoning_content: "Latin…" },
  }),
  completionExample({
    id: "developer",
    prompt: [{ role: "developer", content: "Be brief." }, user("2+2?")],
    completion: assistant("4"),
  }),
  completionExample({
    id: "tool-call-learned-null-content",
    prompt: [user("Weather in Oslo?")],
    tools: [WEATHER_TOOL],
    completion: { role: "assistant", content: null, tool_calls: [weatherCall("call_1", "Oslo")] },
  }),
  completionExample({
    id: "tool-results-in-history",
    prompt: TOOL_HISTORY,
    tools: [WEATHER_TOOL],
    completion: assistant("Bergen is warmer, and wet."),
  }),
  completionExample({
    id: "image",
    prompt: [
      user([
        { type: "text", text: "What is this?", cache_control: { type: "ephemeral" } },
        { type: "image_url", image_url: { url: "https://example.com/cat.png", detail: "low" } },
        { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
      ]),
    ],
    completion: assistant("A cat, twice."),
  }),
  completionExample({
    id: "text-parts",
    prompt: [
      user([
        { type: "text", text: "One. " },
        { type: "text", text: "Two." },
      ]),
    ],
    completion: assistant([
      { type: "thinking", thinking: "count", signature: "c2ln" },
      { type: "text", text: "Three." },
    ]),
  }),
  completionExample({
    id: "refusal",
    prompt: [user("Pick this lock.")],
    completion: { role: "assistant", content: "", refusal: "I can't help with that." },
  }),
  completionExample({
    id: "call-and-its-answer-in-history",
    prompt: [
      { role: "system", content: "Use the tool." },
      user("Oslo?"),
      { role: "assistant", content: null, tool_calls: [weatherCall("call_1", "Oslo")] },
      { role: "tool", tool_call_id: "call_1", content: "Snow, -2 °C" },
    ],
    tools: [WEATHER_TOOL],
    completion: assistant("Snow."),
  }),
  completionExample({
    id: "parallel-calls-learned",
    prompt: [user("Oslo and Bergen?")],
    tools: [WEATHER_TOOL],
    completion: { role: "assistant", tool_calls: [weatherCall("call_1", "Oslo"), weatherCall("call_2", "Bergen")] },
  }),
  completionExample({
    id: "words-that-sinks-reserve",
    prompt: [user("Write a dialogue.")],
    completion: assistant("User: hi\nAssistant: <image> hello"),
  }),
  completionExample({
    id: "unicode",
    prompt: [user("👩‍👩‍👧‍👦 שלום مرحبا \u202eabc\u202c é=e\u0301 𝒳")],
    completion: assistant("before\u2028line\u2029paragraph\u0085next\u0000nul\u007f \\ud83d 😀"),
  }),
];

export const EVAL_EXAMPLES: Example[] = [
  completionExample({ id: "eval-plain", file: "eval", prompt: PLAIN_PROMPT, completion: assistant("Fire.") }),
  completionExample({
    id: "eval-history",
    file: "eval",
    prompt: [user("1+1?"), assistant("2"), user("And doubled?")],
    completion: assistant("4"),
  }),
];

export const PREFERENCE_EXAMPLES: Example[] = [
  preferenceExample({
    id: "pair-plain",
    prompt: PLAIN_PROMPT,
    chosen: assistant("A printer burns."),
    rejected: assistant("As an AI I cannot smell smoke."),
  }),
  preferenceExample({
    id: "pair-history",
    prompt: [{ role: "developer", content: "Be brief." }, user("Hi"), assistant("Hello."), user("Bye")],
    chosen: { ...assistant("Bye."), reasoning: "short" },
    rejected: assistant("Goodbye, and do come back…"),
  }),
  preferenceExample({
    id: "pair-tools",
    prompt: TOOL_HISTORY,
    tools: [WEATHER_TOOL],
    chosen: assistant("Bergen."),
    rejected: { role: "assistant", tool_calls: [weatherCall("call_3", "Oslo")] },
  }),
];

export const KTO_EXAMPLES: Example[] = [
  ktoExample({ id: "kto-up", prompt: PLAIN_PROMPT, completion: assistant("A printer burns."), label: true }),
  ktoExample({ id: "kto-down", prompt: PLAIN_PROMPT, completion: assistant("No."), label: false }),
  ktoExample({
    id: "kto-tools",
    prompt: TOOL_HISTORY,
    tools: [WEATHER_TOOL],
    completion: { role: "assistant", content: "Let me look again.", tool_calls: [weatherCall("call_9", "Oslo")] },
    label: false,
  }),
];

export const EXAMPLES: Record<Example["file"], Example[]> = {
  sft: SFT_EXAMPLES,
  eval: EVAL_EXAMPLES,
  preference: PREFERENCE_EXAMPLES,
  kto: KTO_EXAMPLES,
};

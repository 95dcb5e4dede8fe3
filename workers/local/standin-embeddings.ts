/**
 * OpenAI's embeddings: texts that share words are near each other, and the same text has the same vector.
 * https://platform.openai.com/docs/api-reference/embeddings
 */
import { createHash } from "node:crypto";
import * as z from "zod";
import { failIfAsked, isCut, tokensOf } from "./standin-behaviour.ts";
import type { StandinFormat } from "./standin-format.ts";
import { openAiErrorBody, withDeployment } from "./standin-openai.ts";
import { readBody } from "./standin-request.ts";

const DIMENSIONS_DEFAULT = 1_536;
const DIMENSIONS_MAX = 3_072;
const INPUTS_MAX = 2_048;

const tokensSchema = z.array(z.int()).min(1);
const requestSchema = z.looseObject({
  model: z.string().min(1),
  input: z.union([
    z.string(),
    tokensSchema,
    z
      .array(z.union([z.string(), tokensSchema]))
      .min(1)
      .max(INPUTS_MAX),
  ]),
  dimensions: z.int().min(1).max(DIMENSIONS_MAX).nullish(),
  encoding_format: z.enum(["float", "base64"]).nullish(),
});

export const embeddingsFormat: StandinFormat = {
  pathForms: ["…/embeddings"],
  takes: (path) => path.endsWith("/embeddings"),
  answer({ path, body }) {
    const { model, input, dimensions, encoding_format: encoding } = readBody(withDeployment(body, path), requestSchema);
    failIfAsked(model);
    const texts = textsOf(input);
    const data = texts.map((text, index) => {
      const vector = embed(text, dimensions ?? DIMENSIONS_DEFAULT);
      const embedding = encoding === "base64" ? Buffer.from(vector.buffer).toString("base64") : [...vector];
      return { object: "embedding", index, embedding };
    });
    const tokens = texts.reduce((sum, text) => sum + tokensOf(text), 0);
    const usage = { prompt_tokens: tokens, total_tokens: tokens };
    return { json: { object: "list", data, model, usage }, contentType: "application/json", cut: isCut(model) };
  },
  errorBody: openAiErrorBody,
  requestIdHeader: "x-request-id",
};

/** Tokens become a text of numbers. */
function textsOf(input: string | number[] | (string | number[])[]): string[] {
  if (typeof input === "string") return [input];
  const all = input.every((one): one is number => typeof one === "number") ? [input] : (input as (string | number[])[]);
  return all.map((one) => (typeof one === "string" ? one : one.join(" ")));
}

/** The hashing trick: each word adds or takes 1 at a place that its hash gives; brought to length 1. */
function embed(text: string, dimensions: number): Float32Array<ArrayBuffer> {
  const vector = new Float32Array(dimensions);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [""]) {
    const hash = createHash("sha256").update(word).digest();
    const at = hash.readUInt32LE(0) % dimensions;
    vector[at] = (vector[at] ?? 0) + ((hash[4] ?? 0) < 128 ? 1 : -1);
  }
  const length = Math.hypot(...vector);
  return length === 0 ? vector.fill(1 / Math.sqrt(dimensions)) : vector.map((value) => value / length);
}

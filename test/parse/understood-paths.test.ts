/** The gateway keeps the content of every call that ingest understands, and hardly of any other. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { FORMATS } from "../../shared/core/providers.ts";
import { isUnderstood } from "../../shared/core/understood-paths.ts";
import { findWireFormat } from "../../shared/parse/wire-formats.ts";
import { readRecordings } from "./recordings.ts";

const PATHS = [
  "/v1/chat/completions",
  "/openai/v1/chat/completions/",
  "/openai/deployments/gpt/chat/completions",
  "/v1/responses",
  "/v1/embeddings",
  "/v1/messages",
  "/anthropic/v1/messages",
  "/v1/projects/p/locations/l/publishers/anthropic/models/claude:rawPredict",
  "/v1/projects/p/locations/l/publishers/anthropic/models/claude:streamRawPredict",
  "/v1beta/models/gemini-2.5-flash:generateContent",
  "/v1beta/models/gemini-2.5-flash%3AstreamGenerateContent",
  "/v1/projects/p/locations/l/publishers/google/models/gemini:generateContent",
  "/v1beta/models/gemini-embedding-001:embedContent",
  "/v1/projects/p/locations/l/publishers/google/models/text-embedding-005:predict",
];

test.each(PATHS)("%s", (path) => {
  const understanding = FORMATS.filter((format) => findWireFormat({ format, path }) !== undefined);
  expect(understanding.length).toBeGreaterThan(0);
  for (const format of understanding) expect(isUnderstood({ format, path }), format).toBe(true);
});

test.each([
  "/v1/files",
  "/v1/audio/transcriptions",
  "/v1/images/generations",
  "/v1/batches",
  "/v1/uploads/u1/parts",
  "/v1/models",
  "/v1/messages/batches",
  "/v1/messages/count_tokens",
  "/v1/responses/resp_1",
  "/upload/v1beta/files",
  "/v1beta/models/gemini:countTokens",
  "/",
])("nothing of %s", (path) => {
  for (const format of FORMATS) {
    expect(findWireFormat({ format, path })).toBeUndefined();
    expect(isUnderstood({ format, path }), format).toBe(false);
  }
});

test("whatever the path, ingest understands nothing that the gateway has not kept", () => {
  const piece = fc.constantFrom(...PATHS.flatMap((path) => path.split(/(?=[/:])/)), "/", ":", "%3a", "/x", "?a");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), fc.constantFrom(...FORMATS), (pieces, format) => {
      const call = { format, path: pieces.join("") };
      if (findWireFormat(call) !== undefined) expect(isUnderstood(call), call.path).toBe(true);
    }),
    { numRuns: 5_000 },
  );
});

test("every recorded call is kept", () => {
  for (const { format, path } of readRecordings()) {
    const known = format.startsWith("anthropic") ? "anthropic" : format.startsWith("google") ? "google" : "openai";
    expect(isUnderstood({ format: known, path: path.split("?")[0] ?? "" }), path).toBe(true);
  }
});

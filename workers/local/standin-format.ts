/** What one provider's wire format is to the stand-in. One file implements it for each; standin.ts lists them. */
import type { Recall } from "./standin-behaviour.ts";
import type { StandinError } from "./standin-request.ts";

export interface StandinFormat {
  /** How its paths end, for whoever asks for one that is not there. */
  pathForms: readonly string[];
  takes(path: string): boolean;
  /** @throws StandinError for a request that it cannot read, and where the model's name asks for one */
  answer(call: StandinCall): StandinAnswer;
  /** The body that the provider's own SDK knows as an error. */
  errorBody(error: StandinError, requestId: string): object;
  /** The header that the provider gives its own id of a request in. */
  requestIdHeader: string;
}

export interface StandinCall {
  path: string;
  query: URLSearchParams;
  body: string;
  recall: Recall;
}

/** Whole, or as a stream. */
export type StandinAnswer = WholeAnswer | StreamedAnswer;

export interface WholeAnswer {
  json: object;
  contentType: string;
  /** Half of it is sent, and the line breaks. */
  cut: boolean;
}

export interface StreamedAnswer {
  /** As they go over the wire, with their framing. */
  events: readonly string[];
  contentType: string;
  /** Between two events. */
  pauseMs: number;
  cut: boolean;
}

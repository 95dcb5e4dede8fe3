/** Langfuse's scores as feedback, where they carry a thumb: those of a judge or of a metric are not what a person said. */
import { isObject, type JsonObject } from "../core/json.ts";
import { LINE_FEEDBACK_EVENTS_MAX } from "./bounds.ts";
import { nameIn, timeIn } from "./foreign-fields.ts";

/** A name that speaks of a thumb or of what a person said. */
const THUMB_NAME = /thumb|feedback|(^|[^a-z])(user|human)[-_ ]?(rating|score)|(^|[^a-z])(up|down)?votes?($|[^a-z])/i;
const UP = new Set(["up", "thumbs_up", "thumbs-up", "positive", "good", "true", "👍"]);
const DOWN = new Set(["down", "thumbs_down", "thumbs-down", "negative", "bad", "false", "👎"]);

/** Scores of the generation itself; those of its trace, too, which name no observation. */
export function feedbackFrom(options: {
  observation: JsonObject;
  trace: JsonObject | undefined;
}): JsonObject[] | undefined {
  const { observation, trace } = options;
  const own = scoresIn(observation);
  const ofTrace = trace === undefined ? [] : scoresIn(trace).filter((score) => isAbout(score, observation.id, trace));
  const events = [...own, ...ofTrace].flatMap(eventsOf).slice(0, LINE_FEEDBACK_EVENTS_MAX);
  return events.length === 0 ? undefined : events;
}

function scoresIn(holder: JsonObject): JsonObject[] {
  return Array.isArray(holder.scores) ? holder.scores.filter((score) => isObject(score)) : [];
}

/** A score of a whole trace speaks of its one generation; of several it is not known of which. */
function isAbout(score: JsonObject, id: JsonObject["id"], trace: JsonObject): boolean {
  const about = score.observationId ?? score.observation_id;
  if (about !== undefined && about !== null) return about === id;
  const { observations } = trace;
  const generations = Array.isArray(observations)
    ? observations.filter((one) => isObject(one) && String(one.type).toUpperCase() === "GENERATION")
    : [];
  return generations.length === 1;
}

function eventsOf(score: JsonObject): JsonObject[] {
  const value = thumbOf(score);
  if (value === undefined) return [];
  const actor = nameIn(score.authorUserId, score.author_user_id);
  const at = timeIn(score.timestamp ?? score.createdAt ?? score.created_at);
  const common = { ...(actor !== undefined && { actor }), ...(at !== undefined && { at }) };
  const comment = typeof score.comment === "string" && score.comment.trim() !== "" ? score.comment : undefined;
  const thumb = { kind: "thumb", value, ...common };
  return comment === undefined ? [thumb] : [thumb, { kind: "comment", text: comment.slice(0, 10_000), ...common }];
}

function thumbOf(score: JsonObject): "up" | "down" | undefined {
  const source = String(score.source ?? "").toUpperCase();
  if (source === "EVAL" || !THUMB_NAME.test(nameIn(score.name) ?? "")) return undefined;
  const text = nameIn(score.stringValue, score.string_value, score.value)?.trim().toLowerCase();
  if (text !== undefined && UP.has(text)) return "up";
  if (text !== undefined && DOWN.has(text)) return "down";
  if (score.value === 1 || score.value === true) return "up";
  return score.value === 0 || score.value === -1 || score.value === false ? "down" : undefined;
}

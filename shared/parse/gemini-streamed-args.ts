/**
 * Arguments of a function call that come in pieces (Vertex AI, `streamFunctionCallArguments`): each piece names its
 * place by a JSON path.
 *
 *     {"jsonPath":"$.city","stringValue":"Kö","willContinue":true}
 *     {"jsonPath":"$.city","stringValue":"ln"}
 *     {"jsonPath":"$.days[0]","numberValue":1}                           {"city":"Köln","days":[1]}
 *
 * https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/Content#PartialArg
 */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { JSON_DEPTH_MAX } from "./bounds.ts";
import { readField } from "./gemini-fields.ts";
import { assignFields } from "./merge-deltas.ts";

/** The other half is for what lies around the arguments. */
const STEPS_MAX = JSON_DEPTH_MAX / 2;
const STEP = /\.([^.[\]]+)|\[(\d{1,9})\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y;

type Step = string | number;
type Container = JsonObject | Json[];

export class StreamedArgs {
  readonly args: JsonObject;
  /** The text there goes on with the next piece. */
  #openPath: string | null = null;

  constructor(args: JsonObject) {
    this.args = args;
  }

  /** false where the piece belongs nowhere. */
  add(piece: Json): boolean {
    if (!isObject(piece)) return false;
    const path = readField(piece, "jsonPath");
    const steps = typeof path === "string" ? readSteps(path) : null;
    const last = steps?.pop();
    if (typeof path !== "string" || !steps || last === undefined) return false;
    const container = reach(this.args, [...steps, last]);
    if (container === null) return false;
    const before = this.#openPath === path ? childOf(container, last) : undefined;
    const value = readValue(piece);
    this.#openPath = readField(piece, "willContinue") === true ? path : null;
    if (value === undefined) return true;
    return place(container, last, typeof before === "string" && typeof value === "string" ? before + value : value);
  }
}

/** null where it is no path from the root, or too long a one. */
function readSteps(path: string): Step[] | null {
  if (!path.startsWith("$")) return null;
  const steps: Step[] = [];
  for (let at = 1; at < path.length; at = STEP.lastIndex) {
    STEP.lastIndex = at;
    const found = STEP.exec(path);
    if (found === null || steps.length === STEPS_MAX) return null;
    const [, name, index, quoted, doubleQuoted] = found;
    steps.push(index === undefined ? (name ?? (quoted ?? doubleQuoted ?? "").replace(/\\(.)/g, "$1")) : Number(index));
  }
  return steps;
}

/** What holds the last step; what is missing on the way is made. null where something else stands there. */
function reach(root: JsonObject, steps: readonly Step[]): Container | null {
  let container: Container = root;
  for (const [at, step] of steps.slice(0, -1).entries()) {
    let child = childOf(container, step);
    if (child === undefined) {
      child = typeof steps[at + 1] === "number" ? [] : {};
      if (!place(container, step, child)) return null;
    }
    if (typeof child !== "object" || child === null) return null;
    container = child;
  }
  return container;
}

function childOf(container: Container, step: Step): Json | undefined {
  if (Array.isArray(container)) return typeof step === "number" ? container[step] : undefined;
  return Object.hasOwn(container, step) ? container[step] : undefined;
}

/** A list grows by its end only: an index far behind would make a list of nothing. */
function place(container: Container, step: Step, value: Json): boolean {
  if (!Array.isArray(container)) assignFields(container, { [step]: value });
  else if (typeof step === "number" && step <= container.length) container[step] = value;
  else return false;
  return true;
}

/** undefined for a piece that only says that the value has ended. */
function readValue(piece: JsonObject): Json | undefined {
  if (readField(piece, "nullValue") !== undefined) return null;
  return readField(piece, "stringValue") ?? readField(piece, "numberValue") ?? readField(piece, "boolValue");
}

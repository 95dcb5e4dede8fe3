/** Which tool the stand-in calls, and with what: arguments that fit the tool's JSON schema, made from the user's words. */
export interface Tool {
  name: string;
  /** A JSON schema; Gemini's has its types in capitals. */
  schema?: unknown;
}

export interface ToolCall {
  name: string;
  /** JSON text, as OpenAI sends it. */
  arguments: string;
}

export type ToolChoice = "auto" | "none" | "required" | { name: string };

/** A question, as far as it depends on it whether a tool is called. */
export interface ToolQuestion {
  /** The last text that the user said. */
  asked: string;
  /** Was the user's the last word? Only then is a tool called. */
  userSpokeLast: boolean;
  tools: readonly Tool[];
  toolChoice: ToolChoice;
}

/** A tool is called when the user names it or the request asks for it, and the last word is the user's. */
export function chooseToolCall({ tools, toolChoice, userSpokeLast, asked }: ToolQuestion): ToolCall | undefined {
  if (toolChoice === "none" || !userSpokeLast) return undefined;
  const isWanted = ({ name }: Tool) =>
    typeof toolChoice === "object" ? name === toolChoice.name : asked.includes(name);
  const tool = tools.find(isWanted) ?? (toolChoice === "required" ? tools[0] : undefined);
  return tool && { name: tool.name, arguments: JSON.stringify(argumentsOf(tool, asked)) };
}

function argumentsOf({ schema }: Tool, asked: string): unknown {
  return schema === undefined ? {} : fittingValue({ schema, asked, depth: 0 });
}

const DEPTH_MAX = 8;

/** A value that the schema allows, for the parts of JSON Schema that tools use; deeper than DEPTH_MAX it is null. */
function fittingValue(options: { schema: unknown; asked: string; depth: number }): unknown {
  const { schema, asked, depth } = options;
  if (!isRecord(schema) || depth > DEPTH_MAX) return null;
  const below = (inner: unknown) => fittingValue({ schema: inner, asked, depth: depth + 1 });
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return chooseFrom(schema.enum, asked);
  for (const either of [schema.anyOf, schema.oneOf]) if (Array.isArray(either)) return below(either[0]);
  switch (typeOf(schema)) {
    case "object": {
      const properties = isRecord(schema.properties) ? Object.entries(schema.properties) : [];
      return Object.fromEntries(properties.map(([key, inner]) => [key, below(inner)]));
    }
    case "array":
      return [below(schema.items)];
    case "integer":
    case "number":
      return numberFrom(schema, asked);
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return isRecord(schema.properties) ? below({ ...schema, type: "object" }) : textFrom(schema, asked);
  }
}

function typeOf(schema: Record<string, unknown>): string {
  const type: unknown = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  return typeof type === "string" ? type.toLowerCase() : "";
}

/** The allowed value that the user named; otherwise the first. */
function chooseFrom(allowed: readonly unknown[], asked: string): unknown {
  const words = asked.toLowerCase();
  return allowed.find((value) => typeof value === "string" && words.includes(value.toLowerCase())) ?? allowed[0];
}

/** The first number that the user named, brought within the schema's bounds; otherwise 1. */
function numberFrom(schema: Record<string, unknown>, asked: string): number {
  const found = Number(/-?\d+(\.\d+)?/.exec(asked)?.[0] ?? 1);
  const least = typeof schema.minimum === "number" ? schema.minimum : Number.NEGATIVE_INFINITY;
  const most = typeof schema.maximum === "number" ? schema.maximum : Number.POSITIVE_INFINITY;
  const within = Math.min(most, Math.max(least, found));
  return typeOf(schema) === "integer" ? Math.trunc(within) : within;
}

/** What is in quotes, else the first capitalised word within the message (a place, a name), else how it begins. */
function textFrom(schema: Record<string, unknown>, asked: string): string {
  if (schema.format === "date") return "2026-01-31";
  if (schema.format === "date-time") return "2026-01-31T12:00:00Z";
  const quoted = /["“]([^"”]+)["”]/.exec(asked)?.[1];
  const capital = /(?<=\s)\p{Lu}[\p{L}-]+/u.exec(asked)?.[0];
  return quoted ?? capital ?? asked.slice(0, 40).trim();
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

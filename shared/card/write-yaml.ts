/**
 * YAML in one spelling: blocks for lists and objects, every text in double quotes with all but ASCII escaped, so that
 * no reader of YAML 1.1 or 1.2 can take a text for anything else. https://yaml.org/spec/1.2.2/#57-escaped-characters
 */

export type Yaml = string | number | boolean | YamlList | YamlMap;
export type YamlList = readonly Yaml[];
export type YamlMap = { readonly [key: string]: Yaml | undefined };

/** Plain keys only: they are ours. undefined is left out. */
export function writeYaml(map: YamlMap): string {
  return mapLines(map).join("\n");
}

function mapLines(map: YamlMap): string[] {
  return Object.entries(map).flatMap(([key, value]) => {
    if (value === undefined) return [];
    if (!isBlock(value)) return [`${key}: ${writeScalar(value)}`];
    const block = blockLines(value);
    return block.length === 0 ? [`${key}: ${Array.isArray(value) ? "[]" : "{}"}`] : [`${key}:`, ...block];
  });
}

function blockLines(value: YamlList | YamlMap): string[] {
  if (!isList(value)) return mapLines(value).map((line) => `  ${line}`);
  return value.flatMap((item) => {
    const lines = isBlock(item) ? (isList(item) ? blockLines(item) : mapLines(item)) : [writeScalar(item)];
    return lines.map((line, at) => `${at === 0 ? "- " : "  "}${line}`);
  });
}

function writeScalar(value: string | number | boolean): string {
  return typeof value === "string" ? quote(value) : String(value);
}

function quote(text: string): string {
  const escaped = Array.from(text.toWellFormed(), (character) => {
    if (character === '"' || character === "\\") return `\\${character}`;
    return character >= " " && character <= "~" ? character : escapeCode(character.codePointAt(0) ?? 0);
  });
  return `"${escaped.join("")}"`;
}

function escapeCode(code: number): string {
  const hex = code.toString(16);
  return code > 0xffff ? `\\U${hex.padStart(8, "0")}` : `\\u${hex.padStart(4, "0")}`;
}

function isBlock(value: Yaml): value is YamlList | YamlMap {
  return typeof value === "object";
}

function isList(value: YamlList | YamlMap): value is YamlList {
  return Array.isArray(value);
}

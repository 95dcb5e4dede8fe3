/**
 * Which family a model is of, by its name. A judge prefers what its own family writes (Panickssery et al. 2024, arXiv
 * 2404.13076), so it never judges that.
 */

/** Beginning of a word of the name → family. Vendors' own names are among them: "mistralai/…", "us.anthropic.…". */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^(gpt|chatgpt|openai|davinci|codex|o\d+$)/, "openai"],
  [/^(claude|anthropic|sonnet|opus|haiku)/, "anthropic"],
  [/^(gemini|gemma|google|palm|bison|learnlm|medgemma|codegemma)/, "google"],
  [/^(llama|codellama|meta$|metaai|vicuna|alpaca)/, "meta"],
  [/^(mistral|ministral|mixtral|codestral|magistral|devstral|pixtral|voxtral|mathstral)/, "mistral"],
  [/^(qwen|qwq|qvq|tongyi)/, "qwen"],
  [/^deepseek/, "deepseek"],
  [/^(grok|xai)/, "xai"],
  [/^(command|cohere|c4ai|aya$)/, "cohere"],
  [/^(nova|titan|amazon)/, "amazon"],
  [/^(phi\d*$|microsoft)/, "microsoft"],
  [/^(kimi|moonshot)/, "moonshot"],
  [/^(glm|chatglm|zai$|zhipu)/, "zhipu"],
  [/^minimax/, "minimax"],
  [/^(jamba|ai21)/, "ai21"],
  [/^(nemotron|nvidia)/, "nvidia"],
];

/** Model → family, told by the app: of deployments and fine-tunes whose names say nothing. */
export type KnownFamilies = Readonly<Record<string, string>>;

/** The first that its name tells; a name that tells none is a family of its own. */
export function familyOf(model: string, known: KnownFamilies = {}): string {
  return familiesOf(model, known)[0] ?? model;
}

/** More than one for what was distilled or merged: "deepseek-r1-distill-qwen-32b". Never empty. */
export function familiesOf(model: string, known: KnownFamilies = {}): string[] {
  const told = Object.hasOwn(known, model) ? known[model] : undefined;
  if (told !== undefined) return [told];
  const name = model.trim().toLowerCase();
  const words = baseOf(name).split(/[^a-z0-9]+/);
  const found = words.flatMap((word) => FAMILIES.flatMap(([pattern, family]) => (pattern.test(word) ? [family] : [])));
  return found.length === 0 ? [name] : [...new Set(found)];
}

/** `ft:gpt-4o-mini-2024-07-18:acme::id`: what follows the base model was named by the team. */
function baseOf(name: string): string {
  return name.startsWith("ft:") ? (name.split(":")[1] ?? name) : name;
}

/** Of a text whose model nobody knows it cannot be said that it is of another family. */
export function mayJudge(
  judgeModel: string,
  judgedModels: readonly (string | null)[],
  known: KnownFamilies = {},
): boolean {
  const own = familiesOf(judgeModel, known);
  return judgedModels.every((model) => model !== null && !familiesOf(model, known).some((one) => own.includes(one)));
}

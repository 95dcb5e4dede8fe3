/** A Worker's secret by a name that only configuration can make (`OPENAI_API_KEY`). */
export function secretNamed(env: object, name: string): string | undefined {
  const value = (env as Record<string, unknown>)[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

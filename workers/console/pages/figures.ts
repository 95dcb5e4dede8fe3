/** Numbers and times as people read them: with units, and as many digits as mean something. Always in UTC and English. */

const COUNT = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export function count(value: number): string {
  return COUNT.format(value);
}

/** `1 call`, `2 calls`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${value === 1 ? noun : `${noun}s`}`;
}

/** `840 ms`, `3.2 s`, `4 min`, `2 h`, `3 d`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${trimmed(ms / 1_000)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 48 * 3_600_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / (24 * 3_600_000))} d`;
}

/** From millionths of a dollar: `$12.40`, `$0.0031`, `$0.0000021`; a dash where the price is not known. */
export function dollars(micros: number | null): string {
  if (micros === null) return "–";
  const usd = micros / 1e6;
  if (usd === 0) return "$0";
  return usd >= 1
    ? `$${COUNT.format(Math.floor(usd))}${usd.toFixed(2).slice(-3)}`
    : `$${Number(usd.toPrecision(2)).toFixed(digitsFor(usd))}`;
}

export function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 10 ? value.toFixed(1) : Math.round(value)}%`;
}

/** `12 KB`, in thousands. */
export function bytes(value: number): string {
  if (value < 1_000) return `${value} B`;
  return value < 1e6 ? `${trimmed(value / 1_000)} KB` : `${trimmed(value / 1e6)} MB`;
}

/** `2026-11-23 14:05:09`. */
export function time(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}

/** `2026-11-23T14:05`, as an input for time takes it. */
export function inputTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16);
}

/** By whole characters, with a mark where something was cut. */
export function cut(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const kept = text.slice(0, charsMax);
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}

/** Wilson's interval (1927) for a share, 95%: it stays inside [0, 1] and holds for few. */
export function wilson(successes: number, trials: number): { low: number; high: number } {
  if (trials === 0) return { low: 0, high: 1 };
  const z = 1.96;
  const share = successes / trials;
  const centre = share + (z * z) / (2 * trials);
  const reach = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  const scale = 1 + (z * z) / trials;
  return { low: Math.max(0, (centre - reach) / scale), high: Math.min(1, (centre + reach) / scale) };
}

function trimmed(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, "");
}

function digitsFor(usd: number): number {
  return Math.min(9, Math.max(2, 1 - Math.floor(Math.log10(usd))));
}

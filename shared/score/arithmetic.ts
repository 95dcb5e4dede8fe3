/**
 * Does a text contradict itself in its numbers? Finds what is written as "expression = number" anywhere in it
 * ("12 * 3 = 36", "16-3-4=9", "$5 × 4 = $20") and works it out. Looks at a bounded stretch around each equals sign, so
 * that time grows with the text and no faster.
 */

/** Left and right of an equals sign, in characters. */
const STRETCH_CHARS_MAX = 80;
/** Equals signs looked at in one text. */
const CLAIMS_MAX = 200;
/** A claim may be rounded to the digits that it shows, or to half a percent. */
const RELATIVE_TOLERANCE = 0.005;

export interface NumberClaims {
  claims: number;
  wrong: number;
}

export function checkArithmetic(text: string): NumberClaims {
  const found: NumberClaims = { claims: 0, wrong: 0 };
  let at = text.indexOf("=");
  for (let looked = 0; at !== -1 && looked < CLAIMS_MAX; looked++) {
    const claim = claimAt(text, at);
    if (claim !== null) {
      found.claims += 1;
      if (!claim) found.wrong += 1;
    }
    at = text.indexOf("=", at + 1);
  }
  return found;
}

/** true: holds. false: does not. null: nothing is claimed here that can be worked out. */
function claimAt(text: string, at: number): boolean | null {
  const right = /^\s*\$?\s*(-?[\d,]*\.?\d+)(?![\d.]*\s*[-+*/×÷])/.exec(text.slice(at + 1, at + 1 + STRETCH_CHARS_MAX));
  if (right?.[1] === undefined) return null;
  const before = text.slice(Math.max(0, at - STRETCH_CHARS_MAX), at);
  const expression = /[-+*/x×÷().,$\d\s]*$/.exec(before)?.[0].trimStart() ?? "";
  if (!/\d\s*[-+*/x×÷]\s*[($]*\s*[.\d]/.test(expression)) return null;
  const worked = evaluate(expression);
  if (worked === null || !Number.isFinite(worked)) return null;
  return agrees(worked, right[1].replaceAll(",", ""));
}

function agrees(worked: number, written: string): boolean {
  const decimals = written.includes(".") ? written.length - written.indexOf(".") - 1 : 0;
  const tolerance = Math.max(0.5 * 10 ** -decimals, RELATIVE_TOLERANCE * Math.abs(worked)) + 1e-9;
  return Math.abs(worked - Number(written)) <= tolerance;
}

/** Sums, products and brackets, by recursive descent; null if the text is not one expression. */
function evaluate(expression: string): number | null {
  const tokens = expression.replace(/[$,]/g, "").match(/\d*\.?\d+|[-+*/x×÷()]|[^\s]/g) ?? [];
  let next = 0;
  const takeOne = (of: string): string | undefined => {
    const token = tokens[next];
    if (token === undefined || !of.includes(token)) return undefined;
    next += 1;
    return token;
  };
  const atom = (): number => {
    if (takeOne("-") !== undefined) return -atom();
    if (takeOne("(") !== undefined) {
      const inner = sum();
      return takeOne(")") === undefined ? Number.NaN : inner;
    }
    const token = tokens[next++];
    return token !== undefined && /\d$/.test(token) ? Number(token) : Number.NaN;
  };
  const product = (): number => {
    let value = atom();
    for (let sign = takeOne("*x×/÷"); sign !== undefined; sign = takeOne("*x×/÷")) {
      value = "/÷".includes(sign) ? value / atom() : value * atom();
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    for (let sign = takeOne("+-"); sign !== undefined; sign = takeOne("+-")) {
      value = sign === "+" ? value + product() : value - product();
    }
    return value;
  };
  const value = sum();
  return next === tokens.length && !Number.isNaN(value) ? value : null;
}

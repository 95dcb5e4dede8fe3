/**
 * What a calibrated judge's word is worth, in log-odds: how much more often it calls good what people call good than what they
 * call bad (a likelihood ratio, with one count more in each cell). People err too, which only draws it towards nothing.
 */
import { GOOD_FROM } from "./bounds.ts";
import type { Compared } from "./standing.ts";

export interface Voice {
  logOdds: number;
  variance: number;
}

export function voiceOf(compared: readonly Compared[]): (score: number) => Voice {
  const newest = new Map(compared.flatMap((one) => (one.kind === "points" ? [[one.id, one] as const] : [])));
  const count = (said: boolean, people: "good" | "bad") =>
    1 + [...newest.values()].filter((one) => one.score >= GOOD_FROM === said && one.people === people).length;
  const voiceFor = (said: boolean): Voice => {
    const [ofGood, ofBad] = [count(said, "good"), count(said, "bad")];
    const [good, bad] = [ofGood + count(!said, "good"), ofBad + count(!said, "bad")];
    return {
      logOdds: Math.log(ofGood / good / (ofBad / bad)),
      variance: 1 / ofGood - 1 / good + 1 / ofBad - 1 / bad,
    };
  };
  const voices = { good: voiceFor(true), bad: voiceFor(false) };
  return (score) => (score >= GOOD_FROM ? voices.good : voices.bad);
}

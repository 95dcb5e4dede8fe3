/**
 * Agreement with other answers to the same prompt, as a voter: each other answer of the same content speaks for it, each
 * one of another content against it, if contents are of the kind that can be equal in this task at all.
 *
 * The share of sampled answers that agree is close to the share that is right (Wang et al. 2022, self-consistency,
 * arXiv 2203.11171). How much an agreeing voice says is found without any label, by latent class analysis (McCutcheon
 * 1987): two kinds of answers, of which one finds company more often than the other. Voices on one prompt share its
 * difficulty and are no strangers, so that what the classes say counts half. Where answers hardly ever agree (free text) nothing can be
 * learned from one that doesn't, and only an agreement says something.
 */
import { sigmoid } from "../core/probability.ts";

export interface Company {
  /** Other answers of the same content, less what chance would bring. */
  agreeing: number;
  /** Other answers to the same prompt. */
  others: number;
}

export interface AgreementModel {
  /** In [0, 1]: are contents of the kind that can be equal? */
  comparable: number;
  /** Share of the answers that find company. */
  share: number;
  /** P(another answer agrees | it is of that kind, or not). */
  ifGood: number;
  ifBad: number;
}

/** Pairs that agree, as a share of all: below the first nothing is comparable, above the second all is. */
const COMPARABLE = { from: 0.1, to: 0.25 };
/** An agreement where contents are seldom equal: no more than a weak thumb. */
const CHANCE_AGREEMENT_LOG_ODDS = 0.8;
const VOICE_SHARE = 0.5;
/** Rows, and pairs of each kind, that the start counts for. */
const PRIOR = { share: 0.5, rows: 10, ifGood: 0.6, ifBad: 0.15, pairs: 10 };
const STEPS = 60;

export function fitAgreement(companies: readonly Company[]): AgreementModel {
  let model: AgreementModel = { comparable: comparableOf(companies), ...PRIOR };
  if (model.comparable === 0) return model;
  for (let step = 0; step < STEPS; step++) {
    const sum = { rows: PRIOR.rows, good: PRIOR.rows * PRIOR.share, ...startPairs() };
    for (const company of companies) {
      const good = sigmoid(Math.log(model.share / (1 - model.share)) + voicesOf(company, model));
      sum.rows += 1;
      sum.good += good;
      sum.goodPairs += good * company.others;
      sum.goodAgreeing += good * company.agreeing;
      sum.badPairs += (1 - good) * company.others;
      sum.badAgreeing += (1 - good) * company.agreeing;
    }
    const ifGood = sum.goodAgreeing / sum.goodPairs;
    const ifBad = Math.min(sum.badAgreeing / sum.badPairs, ifGood);
    model = { ...model, share: sum.good / sum.rows, ifGood, ifBad };
  }
  return model;
}

/** In log-odds, the level of the task included, before the task's own scale. */
export function agreementLogOdds(company: Company, model: AgreementModel): number {
  const { comparable, share } = model;
  const learned = VOICE_SHARE * (Math.log(share / (1 - share)) + voicesOf(company, model));
  return comparable * learned + (1 - comparable) * CHANCE_AGREEMENT_LOG_ODDS * company.agreeing;
}

function voicesOf({ agreeing, others }: Company, { ifGood, ifBad }: AgreementModel): number {
  return agreeing * Math.log(ifGood / ifBad) + (others - agreeing) * Math.log((1 - ifGood) / (1 - ifBad));
}

function comparableOf(companies: readonly Company[]): number {
  const pairs = companies.reduce((sum, { others }) => sum + others, 0);
  const agreeing = companies.reduce((sum, company) => sum + company.agreeing, 0);
  const rate = pairs === 0 ? 0 : agreeing / pairs;
  return Math.min(1, Math.max(0, (rate - COMPARABLE.from) / (COMPARABLE.to - COMPARABLE.from)));
}

function startPairs() {
  const { ifGood, ifBad, pairs } = PRIOR;
  return { goodPairs: pairs, goodAgreeing: pairs * ifGood, badPairs: pairs, badAgreeing: pairs * ifBad };
}

/** The exchanges of an app's night, taken in one by one and packed, so that no text has to be kept while they are judged. */
import type { Feedback } from "../../shared/core/feedback.ts";
import { fingerprint } from "../../shared/core/hash.ts";
import { type Agreement, type Answer, findAgreement } from "../../shared/score/agreement.ts";
import { FeatureTable } from "../../shared/score/feature-table.ts";
import { finalContent } from "../../shared/score/final-content.ts";
import { agreementLogOdds, fitAgreement } from "../../shared/verdict/agreement.ts";

export interface NightExchange {
  id: string;
  task: string | null;
  model: string | null;
  /** Equal for calls with the same messages; null where they are not known. */
  promptKey: string | null;
  /** What stands. */
  feedback: readonly Feedback[];
  /** null: the body was not read, and the exchange is judged without its text. */
  text: { prompt: string; answer: string; finishReason: string | null } | null;
}

export interface NightRow {
  id: string;
  /** Empty where it has none. */
  task: string;
  /** Rows of one group are answers to one prompt. */
  group: string;
  feedback: readonly Feedback[];
  /** In the feature table; null without a text. */
  features: number | null;
  answer: Answer;
}

export interface Company extends Agreement {
  /** By the priors, in log-odds, before the task's own scale. */
  logOdds: number;
  /** In [0, 1]: are contents of its task of the kind that can be equal? */
  comparable: number;
}

export class NightRows {
  readonly table = new FeatureTable();
  readonly rows: NightRow[] = [];

  add(exchange: NightExchange): void {
    const { id, model, promptKey, feedback, text } = exchange;
    const task = exchange.task ?? "";
    const features = text === null ? null : this.table.add({ ...text, model, task });
    const content = text === null ? null : finalContent(text.answer);
    const answer: Answer = {
      id,
      task,
      model,
      promptKey,
      content: content === null ? null : fingerprint(content),
      textKey: text === null ? null : fingerprint(text.answer),
    };
    this.rows.push({ id, task, group: promptKey ?? id, feedback, features, answer });
  }

  /** Who agrees with whom; also noted among the features. Exchanges without company are not in the map. */
  company(): Map<string, Company> {
    // sums depend on their order to the last bit: it is that of the ids, whichever way the rows came in
    const rows = this.rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const agreement = findAgreement(rows.map((row) => row.answer));
    const company = new Map<string, Company>();
    for (const [, ofTask] of Map.groupBy(rows, (row) => row.task)) {
      const found = ofTask.flatMap((row) => agreement.get(row.id) ?? []);
      const model = fitAgreement(found);
      for (const { id } of ofTask) {
        const own = agreement.get(id);
        if (own !== undefined)
          company.set(id, { ...own, logOdds: agreementLogOdds(own, model), comparable: model.comparable });
      }
    }
    this.noteCompany(rows, company);
    return company;
  }

  private noteCompany(rows: readonly NightRow[], company: ReadonlyMap<string, Company>): void {
    for (const [, siblings] of Map.groupBy(rows, (row) => row.group)) {
      const lengths = siblings.flatMap(({ features }) => (features === null ? [] : this.table.logLengthOf(features)));
      const mean = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
      for (const { id, features } of siblings) {
        if (features === null) continue;
        const own = company.get(id);
        this.table.setCompany(features, {
          agreeingShare: own === undefined || own.others === 0 ? 0 : own.agreeing / own.others,
          inCompany: own !== undefined,
          lengthBesideSiblings: this.table.logLengthOf(features) - mean,
        });
      }
    }
  }
}

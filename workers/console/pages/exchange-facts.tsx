/** What is known of an exchange beside its words. */
import type { Child } from "hono/jsx";
import { idTimeMs } from "../../../shared/core/ids.ts";
import type { ExchangeRow } from "../../../shared/store/exchanges.ts";
import { listPath } from "./exchange-query.ts";
import { count, cut, dollars, duration, time } from "./figures.ts";

export function Facts({ row }: { row: ExchangeRow }) {
  return (
    <dl class="facts">
      <Fact name="Id">
        <span class="mono">{row.id}</span>
      </Fact>
      <Fact name="Time">{`${time(idTimeMs(row.id))} UTC`}</Fact>
      <Fact name="Model">
        <bdi>{cut(row.model ?? "not told", 100)}</bdi>
      </Fact>
      <Fact name="Provider">{`${row.provider}${row.format === row.provider ? "" : `, format ${row.format}`}${row.streamed ? ", streamed" : ""}`}</Fact>
      <Fact name="Outcome">{`${row.outcome.replaceAll("_", " ")}, status ${row.status}`}</Fact>
      {row.finishReason !== null && (
        <Fact name="Finish">
          <bdi>{cut(row.finishReason, 60)}</bdi>
        </Fact>
      )}
      <Fact name="Tokens">{tokensOf(row)}</Fact>
      <Fact name="Cost">{row.costUsdMicros === null ? "no known price" : dollars(row.costUsdMicros)}</Fact>
      <Fact name="First byte">{duration(row.firstByteMs)}</Fact>
      <Fact name="Whole">{duration(row.durationMs)}</Fact>
      <Linked name="User" filter="user" value={row.user} />
      <Linked name="Session" filter="session" value={row.session} />
      {row.template !== null && <Fact name="Template">{row.template}</Fact>}
      {row.parent !== null && <Fact name="Parent">{cut(row.parent, 100)}</Fact>}
      {row.flags !== "" && <Fact name="Flags">{row.flags.replaceAll(",", ", ").replaceAll("_", " ")}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: Child }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Linked({ name, filter, value }: { name: string; filter: "user" | "session"; value: string | null }) {
  if (value === null) return null;
  return (
    <Fact name={name}>
      <a href={listPath({ [filter]: value })}>
        <bdi>{cut(value, 100)}</bdi>
      </a>
    </Fact>
  );
}

function tokensOf(row: ExchangeRow): string {
  if (row.inputTokens === null) return "not told";
  const cached = row.cachedInputTokens ? ` (${count(row.cachedInputTokens)} cached)` : "";
  const estimated = row.usageEstimated ? ", estimated" : "";
  return `${count(row.inputTokens)} in${cached}, ${count(row.outputTokens ?? 0)} out${estimated}`;
}

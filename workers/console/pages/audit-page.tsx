/** The audit log, newest first. For admins. */
import type { Hono } from "hono";
import { idTimeMs, isUuidV7 } from "../../../shared/core/ids.ts";
import { type AuditRow, listAudit } from "../audit.ts";
import type { PagesContext } from "../session.ts";
import { cut, time } from "./figures.ts";
import { showPage } from "./frame.tsx";
import { needs, sessionOf } from "./guard.tsx";
import { columnsOf, Table } from "./table.tsx";

const ROWS_MAX = 100;

export function auditPage(routes: Hono<PagesContext>): void {
  routes.get("/audit", needs("admin"), async (c) => {
    const { app } = sessionOf(c);
    const before = c.req.query("before") ?? "";
    const beforeId = isUuidV7(before) ? before : undefined;
    const rows = await listAudit(c.env.DB, { app, beforeId, rowsMax: ROWS_MAX });
    return showPage(c, {
      title: "Audit log",
      children: (
        <>
          <h1>Audit log of {app}</h1>
          {rows.length === 0 ? <p class="muted">Nothing more.</p> : <Rows rows={rows} />}
          {rows.length === ROWS_MAX && (
            <p class="pages">
              <a class="button plain" rel="next" href={`/console/audit?before=${rows.at(-1)?.id}`}>
                Older
              </a>
            </p>
          )}
        </>
      ),
    });
  });
}

function Rows({ rows }: { rows: readonly AuditRow[] }) {
  return (
    <Table label="Audit log" columns={columnsOf("Time (UTC)", "Who", "Did", "What", "How")}>
      {rows.map((row) => (
        <tr>
          <th scope="row" class="nowrap">
            {time(idTimeMs(row.id))}
          </th>
          <td>
            <bdi>{cut(row.actor, 100)}</bdi>
          </td>
          <td class="nowrap">{row.act}</td>
          <td class="mono">
            <bdi>{cut(row.target, 80)}</bdi>
          </td>
          <td>
            <bdi>{cut(row.detail, 300)}</bdi>
          </td>
        </tr>
      ))}
    </Table>
  );
}

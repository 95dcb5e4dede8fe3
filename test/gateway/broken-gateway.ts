/**
 * The real gateway, around whose queue, bucket and database a test puts faults: the header `x-faults` of a call says which
 * it meets, and `GET /faults?name=` what has come of it. Loaded in the gateway's place (`entries` of launch.ts).
 */
import gateway from "../../workers/gateway/index.ts";
import type { Env } from "../../workers/gateway/isolate.ts";

/** `once`: at the first attempt alone. `hangs`: it neither works nor fails. */
export type Fault = "works" | "fails" | "once" | "hangs";

export interface Faults {
  queue?: Fault;
  bucket?: Fault;
  database?: Fault;
}

/** What `x-faults` says, as JSON. */
export interface NamedFaults extends Faults {
  /** Of the calls that share a report. */
  name: string;
}

export interface Report {
  /** Messages that the queue has taken: their bytes, and the first four in hexadecimal. */
  sent: { bytes: number; magic: string }[];
  /** Objects that the bucket has taken. */
  put: { key: string; bytes: number }[];
  /** Attempts that a fault has met. */
  met: Record<keyof Faults, number>;
}

const reports = new Map<string, Report>();

export default {
  fetch(request, env, ctx): Response | Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/faults") return Response.json(reportOf(searchParams.get("name") ?? ""));
    const named = request.headers.get("x-faults");
    if (named === null) return gateway.fetch(request, env, ctx);
    const faults = JSON.parse(named) as NamedFaults;
    return gateway.fetch(request, around(env, { faults, report: reportOf(faults.name) }), ctx);
  },
} satisfies ExportedHandler<Env>;

function reportOf(name: string): Report {
  const report = reports.get(name) ?? { sent: [], put: [], met: { queue: 0, bucket: 0, database: 0 } };
  reports.set(name, report);
  return report;
}

/** What one call meets. */
interface Trouble {
  faults: Faults;
  report: Report;
}

function around(env: Env, trouble: Trouble): Env {
  const { CAPTURE, STORE, DB } = env;
  const { report } = trouble;
  return {
    ...env,
    CAPTURE: withMethods(CAPTURE, {
      send: async (message: Uint8Array, options: QueueSendOptions) => {
        const entry = { bytes: message.byteLength, magic: hex(message.subarray(0, 4)) };
        const taken = takeOver(message);
        await meet("queue", trouble);
        const response = await CAPTURE.send(taken, options);
        report.sent.push(entry);
        return response;
      },
    }),
    STORE: withMethods(STORE, {
      put: async (key: string, value: Uint8Array) => {
        const entry = { key, bytes: value.byteLength };
        await meet("bucket", trouble);
        const object = await STORE.put(key, value);
        report.put.push(entry);
        return object;
      },
    }),
    DB: withMethods(DB, {
      prepare: (sql: string) => statement(DB.prepare(sql), trouble),
      batch: async (statements: D1PreparedStatement[]) => {
        await meet("database", trouble);
        return DB.batch(statements);
      },
    }),
  };
}

/** As the real queue does (seen in workerd), before it knows whether it will fail: the caller's array is empty then. */
function takeOver(message: Uint8Array): Uint8Array {
  const buffer = message.buffer as ArrayBuffer;
  return buffer.detached ? new Uint8Array(0) : new Uint8Array(buffer.transfer());
}

/** D1 fails where a statement runs, not where it is prepared. */
function statement(real: D1PreparedStatement, trouble: Trouble): D1PreparedStatement {
  const running = (method: "run" | "all" | "raw" | "first") => ({
    [method]: async (...given: unknown[]) => {
      await meet("database", trouble);
      return (real[method] as (...given: unknown[]) => Promise<unknown>)(...given);
    },
  });
  return withMethods(real, {
    bind: (...values: unknown[]) => statement(real.bind(...values), trouble),
    ...running("run"),
    ...running("all"),
    ...running("raw"),
    ...running("first"),
  });
}

async function meet(what: keyof Faults, { faults, report }: Trouble): Promise<void> {
  const fault = faults[what] ?? "works";
  if (fault === "works") return;
  report.met[what]++;
  if (fault === "hangs") await new Promise(() => undefined);
  if (fault === "once") faults[what] = "works";
  throw new Error(`the ${what} is broken, as was asked for`);
}

/** The binding, some of whose methods are others. */
function withMethods<T extends object>(binding: T, methods: object): T {
  return new Proxy(binding, {
    get: (target, name) => {
      if (name in methods) return methods[name as keyof typeof methods];
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

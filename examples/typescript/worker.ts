// A worker for the jobs API, to copy (Node 22.18 or newer, nothing to install): your code goes into work().
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const JOBS = (process.env.JOBS_URL || "http://localhost:8080").replace(/\/+$/, "") + "/internal/v1/jobs";
const KEY = process.env.JOBS_API_KEY ?? "";
const NAME = process.env.WORKER_NAME || `${hostname().slice(0, 80)}-${process.pid}`;
const TYPES = (process.env.JOBS_TYPES || undefined)?.split(",").map((type) => type.trim());
const LEASE_SECONDS = 60;
const PROGRESS_SECONDS = 1; // at most a third of the lease, so that a report may come late
const TIMEOUT_SECONDS = 30; // longer than a claim waits

type Job = { id: string; type: string; organization_id: string; attempt: number; total: number; lease_token: string;
  payload: Record<string, any>; metadata: Record<string, string> };
type Report = (processed: number) => Promise<void>;

/**
 * YOUR CODE GOES HERE. Returns the result, an object; an exception fails the attempt.
 *
 * Await report(items done so far) before each item: it renews the lease, and ends the work if it must.
 */
async function work(job: Job, report: Report): Promise<object> {
  if (job.payload.fail) throw new Error("the payload asks for it");
  for (let done = 0; done < job.total; done++) {
    await report(done);
    await sleep(1000 * (job.payload.seconds_per_item ?? 0.1));
  }
  return { responses_coded: job.total };
}

class Stopped extends Error {} // told to stop; let it pass where work() catches
class Refused extends Error {} // the service said no, and would say so again
class Lost extends Refused {} // the job is no longer ours; let it pass too

let stopping = false;
let abort = () => {}; // ends the call at hand when told to stop, if it may be ended
const now = () => performance.now() / 1000;
const log = (line: string) => console.error(`${new Date().toISOString()} ${line}`);

async function run(job: Job): Promise<void> {
  let renewed = now();
  const call = (verb: string, members: object, until?: number) =>
    post(`/${job.id}/${verb}`, { lease_token: job.lease_token, ...members }, until);
  const report: Report = async (processed) => {
    if (stopping) throw new Stopped("told to stop");
    if (now() - renewed < PROGRESS_SECONDS) return; // not for each of a million items
    await call("progress", { processed });
    renewed = now();
  };
  const end = async (verb: string, members: object, why = "") => {
    await call(verb, members, renewed + LEASE_SECONDS);
    log(`${job.id} ${verb} accepted ${why}`);
  };
  const settle = (error: unknown) => {
    if (error instanceof Lost) throw error;
    if (error instanceof Stopped) return end("release", {});
    const message = String(error).slice(0, 1000).replace(/[\0\p{Surrogate}]/gu, "?"); // which JSON could not bring
    return end("fail", { error: { code: "WORK_FAILED", message }, retry: true }, message);
  };

  log(`${job.id} claimed: ${job.type}, attempt ${job.attempt}, total ${job.total}`);
  await report(0) // a job that came although we stop goes back at once
    .then(() => work(job, report))
    .then((result) => end("complete", { result }))
    .catch(settle)
    .catch((error) => log(`${job.id} dropped: ${error.message}`));
}

/** Repeats the call until it is answered; when told to stop, no longer than until that time. */
async function post(path: string, body: object, until = 0): Promise<any> {
  const headers = { "x-api-key": KEY, "Content-Type": "application/json" };
  const request = { method: "POST", headers, body: JSON.stringify(body) };
  let problem = "told to stop";
  for (let pause = 0, backoff = 0.5; ; backoff = Math.min(2 * backoff, 15)) {
    if (stopping && now() >= until) throw new Stopped(problem);
    if (pause) log(`${path} again in ${pause.toFixed(1)} s: ${problem}`);
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new Error("no answer")), 1000 * (pause + TIMEOUT_SECONDS));
    let wanted = 0;
    try {
      if (!until) abort = () => controller.abort(new Error("told to stop"));
      await sleep(1000 * pause, undefined, { signal: controller.signal });
      const answer = await fetch(JOBS + path, { ...request, signal: controller.signal });
      abort = () => {}; // what comes now may be a job, which must not get lost
      const text = await answer.text();
      if (answer.ok) return JSON.parse(text).data;
      problem = `${answer.status} ${text}`;
      if (answer.status === 404 || answer.status === 409) throw new Lost(problem);
      if (answer.status < 500 && answer.status !== 429) throw new Refused(problem);
      wanted = Number(answer.headers.get("Retry-After")) || 0;
    } catch (error: any) {
      if (error instanceof Refused) throw error;
      problem = String(error.cause ?? error);
    } finally {
      clearTimeout(timer);
      abort = () => {};
    }
    pause = wanted + backoff * (0.5 + Math.random() / 2);
  }
}

async function main(): Promise<void> {
  if (!KEY) throw new Refused("JOBS_API_KEY is missing: set it to a key with scope service");
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.on(signal, () => {
      stopping = true;
      abort(); // closes the connection, so that nothing is leased to it
    });
  }
  const claim = { worker: NAME, types: TYPES, wait_seconds: 20, limit: 1, lease_seconds: LEASE_SECONDS };
  while (!stopping) {
    for (const job of await post("/claim", claim)) await run(job);
  }
}

main().then(() => process.exit(0), (error) => {
  log(`ended: ${error.message}`);
  process.exit(error instanceof Stopped ? 0 : 1);
});

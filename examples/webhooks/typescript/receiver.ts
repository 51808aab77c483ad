// Receives webhooks of the jobs API; docs/webhooks.md says why it does what it does.

import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

const TOLERANCE = 300; // seconds

/** Checks webhook-signature. Returns what to drop repeats by, or null: refuse it. */
function verify(secret: string, headers: IncomingHttpHeaders, body: Buffer): string | null {
  const id = header(headers, "webhook-id");
  const timestamp = header(headers, "webhook-timestamp");
  if (!/^[0-9]{1,12}$/.test(timestamp) || Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE) {
    return null;
  }
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = "v1," + createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
  const sent = header(headers, "webhook-signature").split(" ");
  return sent.filter((one) => isSame(expected, one)).length > 0 ? id : null;
}

/** Checks X-Signature. Returns what to drop repeats by, or null: refuse it. */
function verifyXSignature(secret: string, headers: IncomingHttpHeaders, body: Buffer): string | null {
  const expected = "sha256=" + createHmac("sha256", secret).update(body).digest("hex");
  return isSame(expected, header(headers, "x-signature")) ? expected : null;
}

function isSame(expected: string, sent: string): boolean {
  const one = Buffer.from(expected);
  const other = Buffer.from(sent);
  return one.length === other.length && timingSafeEqual(one, other);
}

function header(headers: IncomingHttpHeaders, name: string): string {
  return String(headers[name] ?? "");
}

const secret = process.env.WEBHOOK_SECRET;
if (!secret) {
  console.error("WEBHOOK_SECRET is missing");
  process.exit(1);
}

// Yours is a table with a unique column, written in the transaction that does the work.
const seen = new Set<string>();

// Your code. Quickly: put it into a queue of your own, work later.
function handle(event: { event: string; job_id?: string }): void {
  console.log(event.event, event.job_id ?? "");
}

const LONGEST = 1 << 20; // bytes of a body

async function receive(request: IncomingMessage): Promise<number> {
  const chunks: Buffer[] = []; // the bytes as they came: parsed and written again they may differ
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > LONGEST) {
      return 413;
    }
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const check = request.url === "/x-signature" ? verifyXSignature : verify;
  const id = check(secret!, request.headers, body);
  if (id === null) {
    return 401;
  }
  if (!seen.has(id)) {
    handle(JSON.parse(body.toString()));
    seen.add(id);
  }
  return 204;
}

const server = createServer((request, response) => {
  receive(request).then(
    (status) => response.writeHead(status, status === 413 ? { Connection: "close" } : {}).end(),
    () => response.writeHead(500).end(),
  );
});
server.listen(Number(process.env.PORT ?? 4000), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

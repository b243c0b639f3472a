import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The programs that a front needs. */
export const FRONT_PROGRAMS = ["openssl"] as const;

/** Serves the internet hosts that a browser is sent to, by https with a certificate that only a test accepts. */
export interface TlsFront {
  /** What leads a browser there. */
  readonly browserArguments: readonly string[];
  stop(): void;
}

/** `hosts`: what responds in place of each host, such as a service behind a proxy. */
export function startTlsFront(hosts: Readonly<Record<string, (request: Request) => Promise<Response>>>): TlsFront {
  const folder = mkdtempSync(join(tmpdir(), "agentlink-tls-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = Bun.spawnSync([
    ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
    ...["-subj", "/CN=test", "-keyout", key, "-out", cert],
  ]);
  if (!made.success) throw new Error(made.stderr.toString());
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 120,
    tls: { key: Bun.file(key), cert: Bun.file(cert) },
    fetch: (request) =>
      hosts[request.headers.get("host") ?? ""]?.(request) ?? new Response("no such host", { status: 421 }),
  });
  const rules = Object.keys(hosts).map((host) => `MAP ${host} 127.0.0.1:${server.port}`);
  return {
    browserArguments: [`--host-resolver-rules=${rules.join(",")}`, "--ignore-certificate-errors"],
    stop: () => void server.stop(true),
  };
}

/** A proxy in front of a service, which forwards the host that was requested. */
export function proxyTo(service: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const { pathname, search } = new URL(request.url);
    const headers = new Headers(request.headers);
    headers.set("x-forwarded-proto", "https");
    headers.set("accept-encoding", "identity");
    const body = request.method === "GET" || request.method === "HEAD" ? null : await request.arrayBuffer();
    const { method, signal } = request;
    return fetch(service + pathname + search, { method, headers, body, signal, redirect: "manual" });
  };
}

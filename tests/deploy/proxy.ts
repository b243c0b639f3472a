import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { shellBlocks } from "../docs/blocks.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { freePort } from "../free-port.ts";
import { until } from "../until.ts";

const ROOT = resolve(import.meta.dir, "../..");

export interface Proxy extends AsyncDisposable {
  /** Where clients reach it, with TLS. */
  readonly url: string;
  /** Where it forwards from http to https. */
  readonly plainUrl: string;
  readonly log: () => Promise<string>;
  /** Whom the requests so far are counted for, by their paths: the log of two workers has no order. */
  readonly clients: () => Promise<ReadonlyMap<string, string>>;
  /** Where delayed requests wait. */
  readonly occupyPort: number;
  /** As fetch, at a path; its certificate is its own, and each request has a connection of its own. */
  request(path: string, init?: RequestInit): Promise<Response>;
}

/**
 * Puts the shipped files where an operator does, and makes a certificate, by the very lines of the document, with this
 * folder for /etc/nginx and its certificates.
 */
async function follow(folder: string): Promise<void> {
  const [install, certificate] = shellBlocks(await readFile(join(ROOT, "docs/nginx.md"), "utf8"));
  const lines = (install?.code ?? "").split("\n").filter((line) => /^(cd|cp|sed|rm) /.test(line));
  const here = replaceEach([...lines, certificate?.code].join("\n"), [
    [/\/usr\/local\/share\/agentlink\/nginx/g, join(ROOT, "deploy/nginx")],
    [/\/etc\/nginx\//g, `${folder}/`],
    [/\/etc\/letsencrypt\//g, `${folder}/letsencrypt/`],
    [/YOUR\.NAME/g, "localhost"],
  ]);
  await Bun.$`bash -euc ${here}`.cwd(ROOT).quiet();
}

/** A real nginx with the configuration that is shipped; only names, ports and paths are this machine's. */
export async function startProxy(
  upstreamPort: number,
  /** Puts more files in place, in this folder for /etc/nginx. */
  prepare: (folder: string) => Promise<void> = async () => {},
): Promise<Proxy> {
  const folder = temporaryFolder();
  const [plain, secure, occupyPort] = [freePort(), freePort(), freePort()];
  for (const each of ["conf.d", "snippets", "temp"]) await mkdir(join(folder, each));
  await follow(folder);
  await prepare(folder);
  const [upstreamFile, siteFile] = [
    join(folder, "snippets/agentlink-upstream.conf"),
    join(folder, "conf.d/agentlink.conf"),
  ];
  const upstream = await readFile(upstreamFile, "utf8");
  await writeFile(upstreamFile, replaceEach(upstream, [[/127\.0\.0\.1:8080/g, `127.0.0.1:${upstreamPort}`]]));
  const shipped = await readFile(siteFile, "utf8");
  const here = replaceEach(shipped, [
    [/ {2}listen \[::\]:.*\n/g, ""],
    [/listen 80( default_server)?;/g, `listen 127.0.0.1:${plain}$1;`],
    [/listen 443 ssl http2( default_server)?;/g, `listen 127.0.0.1:${secure} ssl http2$1;`],
    [/server_name localhost;/g, "server_name localhost 127.0.0.1;"],
    [/\/etc\/letsencrypt\//g, `${folder}/letsencrypt/`],
    [/127\.0\.0\.1:8079/g, `127.0.0.1:${occupyPort}`],
  ]);
  await writeFile(siteFile, here);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  await writeFile(
    join(folder, "nginx.conf"),
    `daemon off; pid ${folder}/pid; worker_processes 2; error_log ${folder}/error.log warn;
${process.getuid?.() === 0 ? "user root;" : ""}
events { worker_connections 2048; }
http {
  # A test says where its requests come from.
  set_real_ip_from 127.0.0.1; real_ip_header X-Test-Address;
  log_format client '$request_uri $agentlink_client'; access_log ${folder}/clients.log client;
  ${temporary.map((name) => `${name}_temp_path ${folder}/temp/${name};`).join(" ")}
  include conf.d/*.conf;
}
`,
  );
  const log = () => readFile(join(folder, "error.log"), "utf8").catch(() => "");
  const nginx = Bun.spawn(["nginx", "-p", folder, "-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const url = `https://127.0.0.1:${secure}`;
  const request = (path: string, init: RequestInit = {}) =>
    fetch(url + path, { ...init, keepalive: false, tls: { rejectUnauthorized: false } });
  await until(async () => {
    if (nginx.exitCode !== null) throw new Error(`nginx did not start: ${await new Response(nginx.stderr).text()}`);
    return Bun.connect({ hostname: "127.0.0.1", port: secure, socket: { data() {} } }).then(closed, () => false);
  });
  return {
    url,
    plainUrl: `http://127.0.0.1:${plain}`,
    log,
    clients: async () => {
      const lines = (await readFile(join(folder, "clients.log"), "utf8")).split("\n").slice(0, -1);
      return new Map(
        lines.map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)] as const),
      );
    },
    occupyPort,
    request,
    async [Symbol.asyncDispose]() {
      nginx.kill("SIGTERM");
      await nginx.exited;
    },
  };
}

function closed(socket: { end(): void }): boolean {
  socket.end();
  return true;
}

/** @throws when a text is not there: the test would run something else than what is shipped. */
export function replaceEach(text: string, pairs: readonly (readonly [RegExp, string])[]): string {
  return pairs.reduce((before, [what, by]) => {
    const after = before.replaceAll(what, by);
    if (after === before) throw new Error(`${what} is no longer in the file`);
    return after;
  }, text);
}

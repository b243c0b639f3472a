// What /proc states about the processes of this machine: who they are, and which sockets each has open.

import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";

/** Programs that forward others' requests, by the name the kernel has for them (proc_pid_comm(5), 15 letters). */
export const RELAYS: ReadonlySet<string> = new Set(
  "angie apache2 caddy chisel cloudflared docker-proxy envoy frpc gost h2o haproxy hitch httpd lighttpd nginx ngrok pound rathole redir rinetd socat sozu squid ssh sslh stunnel stunnel4 systemd-socket- tailscaled traefik varnishd".split(
    " ",
  ),
);
/** Authenticated its user before it forwarded anything: `ssh -L` to the service is that user. */
export const LOGIN = /^sshd(-session)?$/;

/** The user that may inspect every process. */
export const ROOT = 0;

export interface Process {
  readonly pid: string;
  readonly name: string;
  readonly sockets: ReadonlySet<number>;
}

export function processes(): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .toSorted((a, b) => Number(a) - Number(b));
}

export function userOf(pid: string): number | null {
  return orNull(() => statSync(`/proc/${pid}`).uid);
}

/** Null for one that has ended or may not be examined. */
export function readProcess(pid: string): Process | null {
  return orNull(() => {
    const sockets = new Set<number>();
    for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
      const target = orNull(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`));
      const inode = target === null ? undefined : /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode !== undefined) sockets.add(Number(inode));
    }
    return { pid, name: nameOf(pid), sockets };
  });
}

function nameOf(pid: string): string {
  return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
}

/**
 * Whether a socket of this user that no process can be seen to have is that of a login over ssh: the kernel lets only
 * root inspect sshd. What else it hides of this user's must be no proxy.
 */
export function behindLogin(uid: number): boolean {
  const names = processes().flatMap((pid) => {
    const user = orNull(() => /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
    return user === String(uid) ? (orNull(() => nameOf(pid)) ?? []) : [];
  });
  return names.some((name) => LOGIN.test(name)) && !names.some((name) => RELAYS.has(name));
}

export function userName(uid: number): string {
  const names = orNull(() => readFileSync("/etc/passwd", "utf8")) ?? "";
  return (
    names
      .split("\n")
      .find((line) => line.split(":")[2] === String(uid))
      ?.split(":")[0] ?? `user ${uid}`
  );
}

/** Whether a program has opened connections, or taken them, since it was examined. */
export function hasMore(before: Process | undefined): boolean {
  if (before === undefined) return false;
  const now = readProcess(before.pid);
  return now === null || [...now.sockets].some((inode) => !before.sockets.has(inode));
}

/** Null where the system denies access. */
export function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

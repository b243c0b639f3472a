import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { temporaryFolder } from "../e2e/binary.ts";
import { until, within } from "../until.ts";

/** The shell that runs the documents' commands is root's: it needs no sudo, and the machine may have none. */
const SUDO = '#!/bin/sh\nexec "$@"\n';
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const SYSTEMD = "/lib/systemd/systemd";

/**
 * Makes a root of this machine's files, over which everything that is written lies in memory, and runs systemd in it as
 * process 1 of its own namespaces. $1 is an empty folder.
 */
const BOOT = `set -e
mount --make-rprivate /
mount -t tmpfs -o size=900m tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
cd "$1/root"
mount -t proc proc proc
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty dev/
mkdir dev/shm dev/pts old
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount -t sysfs -o ro sysfs sys
mount -t tmpfs tmpfs sys/fs/cgroup
mkdir sys/fs/cgroup/systemd
mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
: > etc/machine-id
rm -f etc/systemd/system/*.wants/*
printf '[Unit]\\nRequires=systemd-journald.service dbus.service\\nAfter=systemd-journald.service\\n' > etc/systemd/system/booted.target
mkdir -p srv/here
pivot_root . old
umount -l /old
# As a container's runtime does: credentials are mounted by one process for another.
mount --make-rshared /
exec env -i container=other PATH=${PATH} ${SYSTEMD} --system --unit=booted.target --log-target=journal --show-status=0`;

/** What of that a kernel or a container may refuse. */
const PROBE = `mount --make-rprivate / && mount -t tmpfs tmpfs /mnt && cd /mnt && mkdir upper work root &&
  mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work root &&
  mount -t proc proc root/proc && mount -t sysfs -o ro sysfs root/sys &&
  mount -t cgroup -o none,name=systemd cgroup root/mnt`;

const NAMESPACES = ["--mount", "--pid", "--fork", "--kill-child", "--net", "--cgroup", "--uts", "--ipc"];

/** Packages that a machine needs for it. */
export const BOOT_PACKAGES = ["systemd", "dbus"];
export const LACKS_SYSTEMD = "it needs systemd and dbus-daemon";

/** Why systemd cannot be booted on this machine; null where it can. */
export function bootObstacle(): string | null {
  if (process.platform !== "linux") return "it is about Linux";
  if (process.getuid?.() !== 0) return "it needs root: it boots systemd in namespaces of its own";
  if (!existsSync(SYSTEMD) || Bun.which("dbus-daemon") === null) return LACKS_SYSTEMD;
  // It has to be in the kernel as well as allowed.
  const attempted = Bun.spawnSync(["unshare", ...NAMESPACES, "sh", "-c", PROBE]);
  return attempted.exitCode === 0
    ? null
    : `it needs to mount file systems and control groups: ${attempted.stderr.toString().trim().slice(0, 200)}`;
}

export interface BootedMachine {
  /** Where its files are for this process; /srv/here is where commands run. */
  readonly root: string;
  /** Runs commands as root in its shell. */
  run(
    code: string,
    stdin?: string,
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
  end(): Promise<void>;
}

/** A machine that systemd runs. It sees this machine's programs, and nothing that it writes is left. */
export async function bootMachine(): Promise<BootedMachine> {
  const child = Bun.spawn(["unshare", ...NAMESPACES, "bash", "-c", BOOT, "boot", temporaryFolder()], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const errors = new Response(child.stderr).text();
  const children = `/proc/${child.pid}/task/${child.pid}/children`;
  const first = await until(
    () => {
      if (child.exitCode !== null) return "0";
      const [pid] = existsSync(children) ? readFileSync(children, "utf8").trim().split(" ") : [];
      return pid && readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith(SYSTEMD) ? pid : null;
    },
    30_000,
    "systemd to be process 1",
  );
  if (first === "0") throw new Error(`systemd did not boot: ${await errors}`);
  const root = `/proc/${first}/root`;
  await Bun.write(`${root}/usr/local/bin/sudo`, SUDO);
  await Bun.$`chmod 755 ${root}/usr/local/bin/sudo`;

  const run: BootedMachine["run"] = async (code, stdin) => {
    const inside = Bun.spawn(
      [
        ...["nsenter", "--target", first, "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--net"],
        ...[`--root=${root}`, `--wd=${root}/srv/here`, "env", "-i", `PATH=${PATH}`, "HOME=/root", "bash", "-euc", code],
      ],
      { stdin: stdin === undefined ? "ignore" : new Blob([stdin]), stdout: "pipe", stderr: "pipe" },
    );
    const [stdout, stderr, ended] = await within(
      Promise.all([new Response(inside.stdout).text(), new Response(inside.stderr).text(), inside.exited]),
      `the end of ${code.split("\n", 1)[0]}`,
      90_000,
    );
    return { code: ended, stdout, stderr };
  };
  await until(
    async () => (await run("systemctl is-active dbus.service")).stdout.trim() === "active",
    60_000,
    "systemd to be up",
  );
  return {
    root: resolve(root),
    run,
    async end() {
      // With process 1 all others of its namespace end, and its mounts go.
      process.kill(Number(first), "SIGKILL");
      await child.exited;
    },
  };
}

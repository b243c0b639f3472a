import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { temporaryFolder } from "../e2e/binary.ts";

const ROOT = resolve(import.meta.dir, "../..");
/** What the build stages run; their libraries are found by ldd. */
const PROGRAMS = ["bash", "cat", "chmod", "cp", "dirname", "grep", "mkdir"];

export interface Image {
  /** Its root file system. */
  readonly root: string;
  readonly config: {
    readonly User: string;
    readonly Env: readonly string[];
    readonly Entrypoint: readonly string[];
    readonly Cmd: readonly string[];
    readonly StopSignal: string;
    readonly Volumes: Readonly<Record<string, unknown>>;
    readonly Healthcheck: { readonly Test: readonly string[] };
  };
  remove(): Promise<void>;
}

/**
 * Builds the Dockerfile with buildah: no daemon, no registry. The base with Bun is made of this machine's own files, and
 * packages come from the cache Bun already has.
 */
export async function buildImage(): Promise<Image> {
  const storage = temporaryFolder();
  const run = async (...args: string[]) => {
    const child = Bun.spawn(
      [
        "buildah",
        "--root",
        join(storage, "root"),
        "--runroot",
        join(storage, "run"),
        "--storage-driver",
        "overlay",
        ...args,
      ],
      { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] },
    );
    const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    if ((await child.exited) !== 0) throw new Error(`buildah ${args.join(" ")}: ${err}${out}`);
    return out.trim();
  };

  const base = await run("from", "scratch");
  await fillBase(await run("mount", base));
  await run("config", "--env", "BUN_INSTALL_CACHE_DIR=/cache", base);
  await run("commit", "--quiet", "--rm", base, "localhost/bun-of-this-machine");
  // A copy by links: bun writes into its cache.
  const [cached, cache] = [(await Bun.$`${process.execPath} pm cache`.cwd(ROOT).text()).trim(), join(storage, "cache")];
  await Bun.$`cp -al ${cached} ${cache} || cp -a ${cached} ${cache}`.quiet();
  const build = ["build", "--quiet", "--format", "docker", "--isolation", "chroot", "--pull-never"];
  const settings = ["--build-arg", "BUN_IMAGE=localhost/bun-of-this-machine", "--build-arg", "COMMIT=0123456789ab"];
  await run(...build, ...settings, "--volume", `${cache}:/cache`, "--tag", "localhost/agentlink", ".");

  const container = await run("from", "--pull-never", "localhost/agentlink");
  const described = JSON.parse(await run("inspect", "--type", "container", container)) as {
    Docker: { config: Image["config"] };
  };
  return {
    root: await run("mount", container),
    config: described.Docker.config,
    async remove() {
      await run("rm", "--all");
      await Bun.$`rm -rf ${storage}`.quiet();
    },
  };
}

/** The programs of this machine, with their libraries, and Bun. */
async function fillBase(root: string): Promise<void> {
  const paths = PROGRAMS.map((name) => Bun.which(name) ?? name);
  const linked = await Bun.$`ldd ${paths} ${process.execPath}`.text();
  const libraries = [...new Set(linked.match(/\/\S+(?= \(0x)/g))];
  for (const path of [...paths, ...libraries, Bun.which("ldd") ?? "ldd"]) {
    // Debian's /bin and /lib are links into /usr: here each path is a folder of its own.
    await mkdir(join(root, path, ".."), { recursive: true });
    await Bun.$`cp -L ${path} ${join(root, path)}`;
  }
  await mkdir(join(root, "bin"), { recursive: true });
  await Bun.$`cp -L ${process.execPath} ${join(root, "bin/bun")}`;
  for (const name of ["sh", "bash"]) await Bun.$`cp -L ${Bun.which("bash")} ${join(root, "bin", name)}`;
  for (const each of ["tmp", "root"]) await mkdir(join(root, each), { recursive: true });
}

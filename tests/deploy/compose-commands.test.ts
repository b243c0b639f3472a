import { expect } from "bun:test";
import { chmodSync, cpSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { shellBlocks } from "../docs/blocks.ts";
import { binaryPath, post, startBinary, temporaryFolder } from "../e2e/binary.ts";
import { inlineJob } from "../e2e/jobs.ts";
import { withPrograms } from "../programs.ts";
import { startRedis } from "../queue/redis-server.ts";

const ROOT = resolve(import.meta.dir, "../..");
const read = (name: string) => readFileSync(join(ROOT, name), "utf8");

/**
 * As much of Docker's command line as docs/docker.md uses of Compose: what it does not know is refused. `exec` and `run`
 * run the real program with the values of .env, in place of a container's volume and of its network's names.
 */
const DOCKER = `#!/bin/bash
set -euo pipefail
refuse() { echo "docker: $*" >&2; exit 64; }
[ "$1" = compose ] || refuse "unknown: $1"; shift
profile=none
[ "$1" = --profile ] && { profile=$2; shift 2; }
verb=$1; shift
service() { case " $SERVICES " in *" $1:none "*|*" $1:$profile "*) ;; *) refuse "no such service: $1 (profile $profile)" ;; esac; }
inside() {
  [ "$1" = /agentlink ] && shift
  settings=()
  if [ -f .env ]; then while IFS= read -r line; do
    line=\${line//redis:\\/\\/redis:6379/$REDIS}; settings+=("\${line//=\\/data/=$DATA}")
  done < .env; fi
  exec env -i PATH="$PATH" "\${settings[@]}" AGENTLINK_DATA_DIR="$DATA" "$BINARY" "$@"
}
case $verb in
  up)
    detached=no
    while [ $# -gt 0 ]; do case $1 in
      -d) detached=yes; shift ;; --build) shift ;;
      --scale) service "\${2%%=*}"; shift 2 ;;
      -*) refuse "up: unknown: $1" ;;
      *) service "$1"; shift ;;
    esac; done
    [ $detached = yes ] || refuse "up: it would not end"
    for file in $MOUNTED; do [ -e "$file" ] || refuse "there is no $file to mount"; done
    [ "\${COMMIT-none}" = none ] || [[ $COMMIT =~ ^[0-9a-f]{12}$ ]] || refuse "COMMIT=$COMMIT" ;;
  stop) service "$1" ;;
  exec) [ "$1" = -T ] && shift; service "$1"; shift; inside "$@" ;;
  run) [ "$1" = --rm ] || refuse "run: unknown: $1"; service "$2"; shift 2; inside "$@" ;;
  *) refuse "compose: unknown: $verb" ;;
esac
`;

withPrograms("redis-server")(
  "the commands of docs/docker.md for Compose do what they say, from an empty clone to several instances",
  async () => {
    const { services } = parse(read("docker-compose.yml")) as {
      readonly services: Readonly<
        Record<string, { readonly profiles?: readonly string[]; readonly volumes: readonly string[] }>
      >;
    };
    const [clone, data, bin] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    const redis = await startRedis({ appendfsync: "always" });
    try {
      mkdirSync(join(clone, "deploy"));
      for (const path of ["docker-compose.yml", "deploy/nginx"])
        cpSync(join(ROOT, path), join(clone, path), { recursive: true });
      cpSync(join(ROOT, "data/sample/sales.csv"), join(clone, "sales.csv"));
      await Bun.$`git init -q && git add . && git -c user.name=a -c user.email=a@example.com commit -qm a`.cwd(clone);
      await Bun.write(join(bin, "docker"), DOCKER);
      chmodSync(join(bin, "docker"), 0o755);
      const mounted = services.nginx?.volumes.map(
        (each) => each.replace(/^\$\{CERTIFICATES:-(.*?)\}/, "$1").split(":")[0],
      );
      const env = {
        ...{ PATH: `${bin}:${process.env.PATH}`, BINARY: binaryPath(), DATA: data, MOUNTED: (mounted ?? []).join(" ") },
        REDIS: redis.url.replace(/\/$/, ""),
        SERVICES: Object.entries(services)
          .flatMap(([name, { profiles = ["none"] }]) => profiles.map((profile) => `${name}:${profile}`))
          .join(" "),
      };
      const block = (first: string) =>
        shellBlocks(read("docs/docker.md")).find(({ code }) => code.startsWith(first))?.code ?? "exit 99";
      const works = async (code: string) => {
        const child = Bun.spawn(["bash", "-euc", code], { cwd: clone, env, stdout: "pipe", stderr: "pipe" });
        const [out, err, ended] = await Promise.all([
          new Response(child.stdout).text(),
          new Response(child.stderr).text(),
          child.exited,
        ]);
        expect({ code, ended, err: ended === 0 ? "" : err }).toEqual({ code, ended: 0, err: "" });
        return out;
      };
      const first = await works(block("mkdir certificates"));
      expect(first).toMatch(/^al_[\w-]+$/m);
      expect(first).toContain("3024 new");
      expect(readFileSync(join(clone, "deploy/nginx/agentlink.conf"), "utf8")).toMatch(/server_name .*YOUR\.NAME/);
      expect(readFileSync(join(clone, ".env"), "utf8")).toContain("AGENTLINK_PUBLIC_URL=https://reports.example.com\n");

      // What a single instance had is moved once the settings name Redis, and before several are started.
      const single = await startBinary({ dataDir: data });
      const [key = ""] = /^al_[\w-]+$/m.exec(first) ?? [];
      await post(single.url, inlineJob(1), { authorization: `Bearer ${key}` });
      await single.end("SIGKILL");
      const several = block("cat >> .env <<'END'");
      const settings = several.slice(0, several.indexOf("END\n", several.indexOf("\n")) + 4);
      await works(settings);
      expect(await works(block("docker compose --profile cluster up -d redis"))).toMatch(/1 job/);
      expect(await works(several.slice(settings.length))).toMatch(/^al_[\w-]+$/m);
    } finally {
      await redis.remove();
    }
  },
  120_000,
);

# Two stages that build, and an image of the binary and its C library alone: no shell, no packages, not root.
#
#   docker build --build-arg COMMIT=$(git rev-parse --short=12 HEAD) -t agentlink .
#   docker run --read-only --cap-drop ALL -m 3g -p 127.0.0.1:8080:8080 -v agentlink:/data agentlink
#
# docker-compose.yml puts nginx before it. docs/docker.md says more.

ARG BUN_IMAGE=docker.io/oven/bun:1.4.5-debian

FROM ${BUN_IMAGE} AS packages
WORKDIR /src
COPY package.json bun.lock bunfig.toml ./
RUN bun install --frozen-lockfile --production

FROM packages AS build
# There is no git here: it tells `agentlink --version`.
ARG COMMIT=""
COPY build.ts tsconfig.json ./
COPY data/sample data/sample
COPY deploy/nginx deploy/nginx
COPY deploy/systemd deploy/systemd
COPY src src
RUN BUILD_COMMIT="$COMMIT" bun build.ts
# What the binary is linked with, where its loader looks for it.
RUN mkdir -p /image /data && cp dist/agentlink /image/ && \
    libraries=$(ldd dist/agentlink | grep -o '/[^ ]*') && \
    for library in $libraries; do \
      mkdir -p "/image$(dirname "$library")" && cp -L "$library" "/image$library" || exit 1; \
    done

FROM scratch
COPY --from=build /image /
# A new volume takes its owner from here.
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
# SQLite spills what a large import sorts: nothing but the volume can be written where the root is read-only.
ENV SQLITE_TMPDIR=/data
ENV AGENTLINK_HOST=0.0.0.0 AGENTLINK_PORT=8080 AGENTLINK_DATA_DIR=/data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=6s --start-period=15s --retries=3 CMD ["/agentlink", "healthcheck"]
ENTRYPOINT ["/agentlink"]
CMD ["serve"]

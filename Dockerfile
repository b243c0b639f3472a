# Two build stages, then an image with only the binary and its C library: no shell, no packages, no root.
#
#   docker build --build-arg COMMIT=$(git rev-parse --short=12 HEAD) -t agentlink .
#   docker run --read-only --cap-drop ALL -m 3g -p 127.0.0.1:8080:8080 -v agentlink:/data agentlink
#
# docker-compose.yml adds nginx in front of it. See docs/docker.md.

ARG BUN_IMAGE=docker.io/oven/bun:1.4.5-debian

FROM ${BUN_IMAGE} AS packages
WORKDIR /src
COPY package.json bun.lock bunfig.toml ./
RUN bun install --frozen-lockfile --production

FROM packages AS build
# The build stage has no git: this is the commit that `agentlink --version` prints.
ARG COMMIT=""
COPY build.ts tsconfig.json ./
COPY data/sample data/sample
COPY deploy/nginx deploy/nginx
COPY deploy/systemd deploy/systemd
COPY src src
RUN BUILD_COMMIT="$COMMIT" bun build.ts
# The libraries that the binary is linked with, at the paths where its loader looks for them.
RUN mkdir -p /image /data && cp dist/agentlink /image/ && \
    libraries=$(ldd dist/agentlink | grep -o '/[^ ]*') && \
    for library in $libraries; do \
      mkdir -p "/image$(dirname "$library")" && cp -L "$library" "/image$library" || exit 1; \
    done

FROM scratch
COPY --from=build /image /
# A new volume gets its owner from this folder.
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
# SQLite writes temporary files during a large import: with a read-only root, only the volume is writable.
ENV SQLITE_TMPDIR=/data
ENV AGENTLINK_HOST=0.0.0.0 AGENTLINK_PORT=8080 AGENTLINK_DATA_DIR=/data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=6s --start-period=15s --retries=3 CMD ["/agentlink", "healthcheck"]
ENTRYPOINT ["/agentlink"]
CMD ["serve"]

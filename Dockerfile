# One image for every service; the command's argument chooses which one runs:
#   docker run onrecord services/ingest        services/transcriber        services/retention        packages/simulator
FROM node:24-bookworm-slim AS install
WORKDIR /app
RUN npm install --global pnpm@10.34.9
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY packages/shared/package.json packages/shared/
COPY packages/simulator/package.json packages/simulator/
COPY packages/standalone/package.json packages/standalone/
COPY packages/cli/package.json packages/cli/
COPY services/ingest/package.json services/ingest/
COPY services/retention/package.json services/retention/
COPY services/transcriber/package.json services/transcriber/
COPY test/package.json test/
# The image brings Node and talks to a Postgres of its own container: neither is installed from npm here.
RUN pnpm install --prod --frozen-lockfile --ignore-scripts \
      --filter @onrecord/ingest --filter @onrecord/transcriber --filter @onrecord/retention \
      --filter @onrecord/simulator --filter @onrecord/cli --filter @onrecord/shared

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=install /app /app
COPY packages/shared packages/shared
COPY packages/simulator packages/simulator
COPY packages/cli packages/cli
COPY services services
# The folders that a volume is mounted on belong to the user that writes them.
RUN mkdir -p /data && chown node:node /data
USER node
# The root file system can be read-only: nothing is written outside /data and /tmp.
COPY --chmod=0755 docker-entrypoint.sh /usr/local/bin/onrecord-service
ENTRYPOINT ["onrecord-service"]

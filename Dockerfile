# syntax=docker/dockerfile:1
# The service alone: it needs a DATABASE_URL. docker-compose.yml has a PostgreSQL beside it.

FROM rust:1-bookworm AS build
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --locked --release --bin malbild \
    && cp target/release/malbild /usr/local/bin/malbild

FROM debian:bookworm-slim
# The root certificates are what sslmode=verify-full checks a database by.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin malbild
COPY --from=build /usr/local/bin/malbild /usr/local/bin/malbild
COPY --chmod=755 docker/healthy /usr/local/bin/healthy
USER 10001
ENV LISTEN_ADDR=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["healthy"]
ENTRYPOINT ["malbild"]
CMD ["serve"]

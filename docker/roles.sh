#!/usr/bin/env bash
# Run once by the PostgreSQL container, in an empty volume: the role that owns the database and
# migrates it, and the role that the service runs as, which owns nothing.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set owner_password="$MALBILD_OWNER_PASSWORD" \
    --set runtime_password="$MALBILD_PASSWORD" <<'SQL'
CREATE ROLE malbild_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE malbild LOGIN PASSWORD :'runtime_password';
CREATE DATABASE malbild OWNER malbild_owner;
SQL

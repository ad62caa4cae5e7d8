# syntax=docker/dockerfile:1
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
WORKDIR /app
COPY requirements.lock .
RUN python3 -m venv /venv \
    && /venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY . .
# The keys of the build sign and encrypt nothing.
RUN DEBUG=off SECRET_KEY=build TOKEN_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= /venv/bin/python manage.py collectstatic --noinput \
    && /venv/bin/python -m scripts.sbom sbom.json \
    && /venv/bin/python -m compileall -q config loyalty_admin scripts

FROM ${BASE}
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1
# A volume put here takes over the owner, who may then write the keys.
RUN mkdir /keys && chown 10001:10001 /keys
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm"]

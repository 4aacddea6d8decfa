# The server as an image: what the lock file pins, no compiler, a user of its own.
#   docker build -t outlast .
#   docker run --init -p 127.0.0.1:8000:8000 -v outlast:/var/lib/outlast -v "$PWD/examples:/srv/apps:ro" outlast
FROM python:3.13-slim AS build
COPY deploy/requirements.lock /src/
RUN python -m venv /opt/outlast \
 && /opt/outlast/bin/pip install --no-cache-dir --require-hashes --only-binary=:all: -r /src/requirements.lock
COPY pyproject.toml hatch_build.py README.md LICENSE NOTICE /src/
COPY web /src/web
COPY src /src/src
RUN /opt/outlast/bin/pip install --no-cache-dir --no-deps /src \
 && /opt/outlast/bin/pip uninstall --yes pip

FROM python:3.13-slim
# For `outlast db backup` on PostgreSQL; must be as new as the database server.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends postgresql-client \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/outlast --shell /usr/sbin/nologin outlast \
 && install --directory --owner outlast --group outlast --mode 0700 /var/lib/outlast
COPY --from=build /opt/outlast /opt/outlast
ENV PATH=/opt/outlast/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    OUTLAST_DATA_DIR=/var/lib/outlast \
    OUTLAST_HOST=0.0.0.0 \
    OUTLAST_LOG_FORMAT=json
USER 10001
VOLUME /var/lib/outlast
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["outlast"]
CMD ["serve", "/srv/apps"]

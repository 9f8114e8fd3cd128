# One file for amd64 and arm64. What it needs and how to run it: docs/docker.md
FROM python:3.13-slim AS build
WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1

# What changes rarely first, so that a rebuild starts below it.
COPY requirements requirements
RUN python -m venv /opt/meetd \
    && /opt/meetd/bin/pip install --no-deps --only-binary :all: --require-hashes --requirement requirements/serve.txt \
    && python -m venv /tools \
    && /tools/bin/pip install --no-deps --only-binary :all: --require-hashes --requirement requirements/build.txt

# The wheel builds the room page with Node.js from requirements/build.txt.
COPY pyproject.toml README.md LICENSE ./
COPY scripts/build_page.py scripts/hatch_build.py scripts/
COPY web web
COPY meetd meetd
RUN /tools/bin/pip wheel --no-deps --no-build-isolation --no-index --wheel-dir dist . \
    && /opt/meetd/bin/pip install --no-deps --no-index dist/*.whl \
    && /opt/meetd/bin/pip uninstall --yes pip \
    && /opt/meetd/bin/python -m compileall -q /opt/meetd/lib

FROM python:3.13-slim
RUN groupadd --gid 10001 meetd \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin meetd \
    && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=build /opt/meetd /opt/meetd
ENV MEETD_STORAGE_DATA=/data \
    MEETD_SERVER_HOST=0.0.0.0 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
VOLUME /data
EXPOSE 8080 3478/udp 3478/tcp
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["/opt/meetd/bin/python", "-c", "import http.client, os, ssl\n\
port = int(os.environ.get('MEETD_SERVER_PORT', '8080'))\n\
if os.environ.get('MEETD_SERVER_TLS', 'off') == 'off':\n\
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=4)\n\
else:\n\
    context = ssl._create_unverified_context()\n\
    connection = http.client.HTTPSConnection('127.0.0.1', port, timeout=4, context=context)\n\
connection.request('GET', '/healthz')\n\
raise SystemExit(connection.getresponse().status != 200)"]
ENTRYPOINT ["/opt/meetd/bin/meetd"]
CMD ["serve"]

# A node of Comet in a container; docs/deploy.md says how it is run.
#
#   docker build -t comet .
#
# The first stage builds with ./dev, as on any Debian 12; the second has the binary and the libraries
# that it is linked with.
FROM debian:12 AS build
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get -qq update && apt-get -qq -y --no-install-recommends install ca-certificates
WORKDIR /comet
COPY . .
RUN ./dev build release comet && strip --strip-debug -o /usr/local/bin/comet build/release/comet

FROM debian:12-slim
RUN apt-get -qq update \
 && DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install \
      librocksdb7.8 libspdlog1.10 libcpp-httplib0.11 libseccomp2 libfmt9 libssl3 libhiredis0.14 libedit2 \
      libjemalloc2 \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 7379 comet \
 && useradd --uid 7379 --gid comet --no-create-home --home-dir /var/lib/comet \
      --shell /usr/sbin/nologin comet \
 && install -d -o comet -g comet -m 0700 /var/lib/comet /etc/comet
COPY --from=build /usr/local/bin/comet /usr/local/bin/comet

# Addresses outside of the container need users: a node without them does not start on these.
ENV COMET_DATA=/var/lib/comet \
    COMET_RESP=0.0.0.0:7379 \
    COMET_HTTP=0.0.0.0:7480 \
    COMET_LINK=0.0.0.0:7400 \
    COMET_USERS_FILE=/etc/comet/users.acl
USER comet
WORKDIR /var/lib/comet
VOLUME /var/lib/comet
EXPOSE 7379 7480 7400
STOPSIGNAL SIGTERM
# bash speaks to the node's HTTP port; there is no other client in here.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD \
  ["/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${COMET_HTTP##*:} && printf 'GET /health HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["/usr/local/bin/comet"]
CMD ["node"]

# Needs BuildKit, the default builder of Docker 23 and later (RUN --mount); the health check's start interval needs 25.

FROM eclipse-temurin:25-jdk AS build
WORKDIR /build
# Maven comes from the distribution's packages (3.8.7 or newer in Ubuntu 24.04 and Debian 12) and mvnw takes it: the
# build then needs a package registry and a package mirror, which closed networks have, and not the Apache site. The
# package brings an older JRE that nothing uses (JAVA_HOME stays), and that wants a directory which slim images lack.
RUN mkdir -p /usr/share/man/man1 \
    && apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends maven \
    && rm -rf /var/lib/apt/lists/*
COPY . .
# Tests are not run here: they want a database of their own, and .ci/run has run them. Without -Dexec.skip the profile
# would extract and train here, on a JDK that is not the one of the image.
RUN --mount=type=cache,target=/root/.m2 ./mvnw -B -ntp package -Paot -DskipTests -Dexec.skip
# One directory per layer, from what changes least to what changes most.
RUN java -Djarmode=tools -jar target/jobs-api.jar extract --layers --destination layers

FROM eclipse-temurin:25-jre AS runtime
# A number, so that Kubernetes can check runAsNonRoot; not 1000, which the base image has given away.
RUN groupadd --system --gid 10001 jobs \
    && useradd --system --uid 10001 --gid jobs --home-dir /app --no-create-home --shell /usr/sbin/nologin jobs
WORKDIR /app
COPY --from=build /build/layers/dependencies/ ./
COPY --from=build /build/layers/snapshot-dependencies/ ./
COPY --from=build /build/layers/application/ ./
COPY --from=build /build/src/main/jvm/ ./
USER 10001:10001

# The cache holds for the very Java VM and files that it was trained with, so the training happens in the image itself.
# Its embedded PostgreSQL comes from the build and stays here; it refuses to run as root.
FROM runtime AS training
USER root
RUN chown jobs /app
USER 10001:10001
RUN --mount=type=bind,from=build,source=/build/target,target=/training \
    java -Dslf4j.internal.verbosity=ERROR -cp "/training/test-classes:/training/training/*" \
    io.surveycoder.jobs.training.Training /app

FROM runtime
COPY --from=training /app/jobs-api.aot ./

EXPOSE 8080 8081

# Defaults that an operator may replace as a whole, or keep and add to: "@/app/jvm.options -XX:MaxRAMPercentage=50".
# JAVA_TOOL_OPTIONS stays free for agents and for -Xmx, which goes before a percentage. The heap leaves 30 % to classes,
# threads and buffers; a JVM out of memory ends, to be restarted.
ENV JDK_JAVA_OPTIONS="@/app/jvm.options"

# The base image has neither curl nor wget, but bash can speak TCP. Readiness includes the database.
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --start-interval=1s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${MANAGEMENT_SERVER_PORT:-8081} \
      && printf 'GET /actuator/health/readiness HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 \
      && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]

# No shell in between: SIGTERM reaches the JVM, which finishes the requests it has.
ENTRYPOINT ["java", "-jar", "jobs-api.jar"]

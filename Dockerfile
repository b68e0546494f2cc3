# docker build --tag meshvet:0.1.0 .
#
# The packages that are installed at run time are also what
# test/install/run_in_minimal_root starts meshvet with.

FROM debian:12-slim AS build
RUN apt-get update && apt-get install --yes --no-install-recommends \
      g++ cmake ninja-build pkg-config \
      libcli11-dev libcpp-httplib-dev libexpat1-dev libgmock-dev libgtest-dev \
      libspdlog-dev libssl-dev libyaml-dev nlohmann-json3-dev prometheus-cpp-dev \
      rapidjson-dev
WORKDIR /source
COPY . .
RUN cmake --preset release -DMESHVET_BENCH=OFF && \
    ninja -C build/release meshvet && \
    strip build/release/meshvet

FROM debian:12-slim
RUN apt-get update && apt-get install --yes --no-install-recommends \
      ca-certificates \
      libcpp-httplib0.11 libprometheus-cpp-core1.0 libssl3 libyaml-0-2 && \
    rm -rf /var/lib/apt/lists/*
COPY --from=build /source/build/release/meshvet /usr/bin/meshvet
# By number: only so can Kubernetes see that it is not root.
USER 65532:65532
EXPOSE 8443 8080
ENTRYPOINT ["/usr/bin/meshvet"]
CMD ["serve"]

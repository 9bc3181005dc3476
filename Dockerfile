# The executable, the C library and nothing else; runs as nobody. In a checkout, after `deno task build`:
#
#   docker build --tag kedro-azureml .
#   docker run --rm --volume "$PWD:/project" kedro-azureml compile -j main
FROM debian:13-slim AS root
COPY --chmod=755 dist/kedro-azureml /root-folder/usr/bin/kedro-azureml
COPY scripts/build/image_root.sh /image_root.sh
RUN sh /image_root.sh /root-folder

FROM scratch
COPY --from=root /root-folder/ /
ENV HOME=/home/nobody
USER 65534:65534
WORKDIR /project
ENTRYPOINT ["/usr/bin/kedro-azureml"]

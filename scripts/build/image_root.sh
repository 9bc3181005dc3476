#!/bin/sh
# Fills the root folder of the container image around usr/bin/kedro-azureml: the libraries that it names, with their
# loader, a user who is nobody, and folders that this user may write to. Certificate authorities are built in.
set -eu
root=$1
ldd "$root/usr/bin/kedro-azureml" | grep -o '/[^ ]*' | while read -r library; do
  mkdir -p "$root${library%/*}"
  cp -L "$library" "$root$library"
done
mkdir -p "$root/etc" "$root/home/nobody" "$root/project" "$root/tmp"
echo 'nobody:x:65534:65534:nobody:/home/nobody:/none' >"$root/etc/passwd"
chown 65534:65534 "$root/home/nobody" "$root/project"
chmod 1777 "$root/tmp"

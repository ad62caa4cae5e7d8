#!/bin/sh
# Runs compose.yaml on a bootstrapped Debian with Podman for an engine: image_check.sh PYTHON
set -eu
python=$1

if [ $# = 1 ]; then
    if [ "$(id -u)" != 0 ]; then
        echo 'The image check bootstraps a system and mounts: run it as root.' >&2
        exit 1
    fi
    for tool in debootstrap unshare; do
        if ! command -v "$tool" >/dev/null 2>&1; then
            echo "The image check needs $tool, which is not installed here." >&2
            exit 1
        fi
    done
    scratch=$(mktemp -d "${TMPDIR:-/var/tmp}/image-check-XXXXXX")
    trap 'rm -rf --one-file-system "$scratch"' EXIT
    # The namespaces take every process and mount with them, however this ends.
    unshare --mount --pid --ipc --uts --fork --kill-child --mount-proc \
        sh "$0" "$python" "$scratch" &
    trap 'kill -KILL $!; sleep 1' INT TERM HUP
    wait $!
    exit
fi
cd "$2"
project=$OLDPWD

quietly() {
    if ! "$@" >log 2>&1; then
        tail -n 40 log >&2
        exit 1
    fi
}

install() {
    root=$1
    shift
    quietly chroot "$root" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq --no-install-recommends "$@"
}

echo '== Bootstrapping Debian 13'
quietly debootstrap --variant=minbase --include=ca-certificates,python3-venv trixie python
# Nothing that is installed starts by itself.
printf '#!/bin/sh\nexit 101\n' >python/usr/sbin/policy-rc.d
chmod +x python/usr/sbin/policy-rc.d
cp -a python postgres
cp -a python engine

version=$(chroot python python3 -c 'import sys; print(*sys.version_info[:2], sep=".")')
echo "== In the place of python:3.13-slim: Debian's Python $version, with the packages beside it"
# Fetched out here, where pip is configured, and installed in there with the hashes checked.
case $python in /*) ;; *) python=$project/$python ;; esac
quietly "$python" -m pip download --require-hashes --only-binary :all: \
    --python-version "$version" --dest python/wheels -r "$project/requirements.lock"
printf '[global]\nno-index = true\nfind-links = /wheels\n' >python/etc/pip.conf

echo "== In the place of postgres:18: Debian's PostgreSQL"
mkdir postgres/etc/postgresql-common
echo 'create_main_cluster = false' >postgres/etc/postgresql-common/createcluster.conf
install postgres postgresql
chroot postgres sh -c 'ln -s /usr/lib/postgresql/*/bin/* /usr/local/bin/'
chroot postgres install -d -o postgres -g postgres -m 3777 /var/run/postgresql
cat >postgres/entrypoint <<'END'
#!/bin/sh
set -eu
if [ "$(id -u)" = 0 ]; then
    install -d -o postgres -g postgres -m 700 "$PGDATA"
    exec setpriv --reuid postgres --regid postgres --init-groups "$0" "$@"
fi
if [ ! -e "$PGDATA/PG_VERSION" ]; then
    # As there: nothing listens on an address before the database has been made.
    initdb --username "$POSTGRES_USER" --auth "$POSTGRES_HOST_AUTH_METHOD"
    pg_ctl --wait --options "-c listen_addresses=''" start
    createdb --username "$POSTGRES_USER" "$POSTGRES_DB"
    pg_ctl --wait stop
fi
exec "$@"
END
chmod +x postgres/entrypoint

echo "== In the place of Docker: Debian's Podman, and Docker Compose"
install engine aardvark-dns catatonit crun docker-cli docker-compose iproute2 netavark nftables podman
# No limits are set: crun refuses a machine that has both kinds of cgroups, and a build asks for more
# files and processes than a machine may grant.
cat >engine/etc/containers/containers.conf <<'END'
[containers]
cgroups = "disabled"
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
firewall_driver = "nftables"
END

mkdir engine/project engine/images
mount --bind engine engine
cd engine
mount -o bind,ro "$project" project
mount --bind .. images
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount --rbind /dev dev
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
# A network of its own: no port of this machine is taken, and nothing out there is reached.
exec unshare --net sh -c '
    pivot_root . mnt
    cd /project
    umount --lazy /mnt
    exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin \
        python3 -Bu -m scripts.image_check'

# Runs one PostgreSQL server for as long as standard input stays open.
# Arguments: the binaries' folder, the cluster's folder, the port. Prints "ready" once connections are
# accepted; anything else it prints tells why the server did not start.
set -eu
bin=$1 dir=$2 port=$3
# "immediate" and removal: nothing in this cluster is worth a checkpoint.
finish() {
	"$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || :
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

"$bin/initdb" -D "$dir/data" -U reportsync -A scram-sha-256 --pwfile "$dir/password" \
	-E UTF8 --no-locale --no-sync >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
"$bin/pg_ctl" -D "$dir/data" -w -t 60 -l "$dir/log" -o "-p $port -c listen_addresses=127.0.0.1 \
-c unix_socket_directories='' -c fsync=off -c full_page_writes=off -c max_connections=300" start >/dev/null 2>&1 || { cat "$dir/log"; exit 1; }
echo ready
# Nothing is ever sent: read returns when the owner closes the pipe or dies.
read -r _ || :

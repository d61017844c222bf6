# A cluster of its own: initdb, pgbench with 4 clients, sums, a parallel scan, an orderly end and a killed one.
bin=$(echo /usr/lib/postgresql/*/bin)
mkdir cluster
chown postgres cluster
dir=$PWD/cluster
cd /
as() { setpriv --reuid postgres --regid postgres --init-groups env HOME="$dir" "$@"; }
as $bin/initdb -D "$dir/d" >&2
start() { as $bin/pg_ctl -D "$dir/d" -w -t 300 -l "$dir/log" -o "-c unix_socket_directories=$dir -c listen_addresses=" start >&2; }
start
export PGHOST="$dir" PGUSER=postgres
$bin/pgbench -i -q -s 2 postgres >&2
$bin/pgbench -c 4 -j 2 -t 250 postgres >"/tmp/pgbench"
cat /tmp/pgbench >&2
sed -n 's/^tps = \([0-9]*\).*/note: \1 transactions a second/p; /transactions actually processed/p; /failed transactions/p' /tmp/pgbench
sums="select count(*), sum(abalance) = (select sum(delta) from pgbench_history), sum(abalance) = (select sum(bbalance) from pgbench_branches),
	sum(abalance) = (select sum(tbalance) from pgbench_tellers), (select count(*) from pgbench_history) from pgbench_accounts"
psql -Atc "$sums" postgres
psql -Atc "set max_parallel_workers_per_gather=2; set parallel_setup_cost=0; set parallel_tuple_cost=0; set min_parallel_table_scan_size=0;
	select count(*), avg(aid), sum(octet_length(filler)) from pgbench_accounts" postgres
psql -Atc "select md5(string_agg(i::text, ',')), sum(sqrt(i)) from generate_series(1, 100000) i" postgres
psql -Atc "select regexp_replace('a1b22', '[0-9]+', '#', 'g'), 2::numeric ^ 200, date '2024-02-29' + interval '1 year'" postgres
# All of it is there again after a crash.
as kill -KILL "$(head -n 1 "$dir/d/postmaster.pid")"
while ps -C postgres >/dev/null; do sleep 0.1; done
start
psql -Atc "$sums" postgres
as $bin/pg_ctl -D "$dir/d" -w -t 300 -m fast stop >&2
cat "$dir/log" >&2
grep -E 'ERROR|PANIC|was terminated by signal' "$dir/log" || echo "log clean"

# A server, redis-benchmark with and without pipelining, a script, and its data after a new start.
start() {
	redis-server --port 6379 --bind 127.0.0.1 --daemonize yes --save "" --appendonly no --dir "$PWD" --logfile "$PWD/log" >/dev/null
	i=0
	until [ "$(redis-cli ping 2>/dev/null)" = PONG ]; do i=$((i+1)); [ $i -lt 600 ]; sleep 0.1; done
}
start
redis-benchmark -n 20000 -c 20 -t set,get,incr,lpush,lrange_100,mset --csv >bench
redis-benchmark -n 20000 -P 16 --threads 2 -t get --csv >>bench
cat bench >&2
sed 's/^"\([^" ]*\).*/\1/' bench | grep -v test | tr '\n' ' '; echo
awk -F'"' '$2 == "GET" && !n++ {printf "note: %.0f GET a second\n", $4}' bench
redis-cli get counter:__rand_int__
redis-cli llen mylist
redis-cli eval "local s = 0 for i = 1, 200000 do s = s + i end return s" 0
redis-cli bgsave
while redis-cli info persistence | grep -q 'rdb_bgsave_in_progress:1'; do sleep 0.1; done
redis-cli info persistence | tr -d '\r' | grep rdb_last_bgsave_status
redis-cli shutdown nosave
while ps -C redis-server >/dev/null; do sleep 0.1; done
start
redis-cli get counter:__rand_int__
redis-cli llen mylist
redis-cli shutdown nosave
grep -ciE 'crash|bug report|stack trace' log || true

#!/usr/bin/env bash
# Runs every fuzz target of the repository, each for the time given (default
# 10m), one after the other. Stops at the first that finds something.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-10m}
count=0
while IFS=: read -r file target; do
	dir=./$(dirname "$file")
	echo "== $dir $target for $time"
	go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$dir"
	count=$((count + 1))
done < <(git grep -oE '^func Fuzz[A-Za-z0-9_]*' -- '*_test.go' | sed -E 's/:func (Fuzz.*)/:\1/')
echo "fuzz: $count targets, each for $time, found nothing"

# One of the modules of CPython's own tests.
rc=0
python3 -m test --timeout 600 -v "$1" >log 2>&1 || rc=$?
cat log >&2
sed -n 's/^Ran \([0-9]* tests\{0,1\}\) in .*/note: \1/p; s/^FAILED (\(.*\))$/note: \1/p; s/^\(FAIL\|ERROR\): \([^ ]*\).*/note: \2/p' log | sort -u
[ $rc = 0 ] || sed -n 's/.*\(Fatal Python error: .*\)/note: \1/p' log | head -n 1
[ $rc = 0 ]
sed -n 's/^\(Tests result\|Result\): //p' log | tail -n 1

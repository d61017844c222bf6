# The stressors of a class that are in no class before it, each for a second with --verify.
wanted=$1
seen=
for class in signal cpu memory scheduler pipe filesystem vm; do
	if [ $class = signal ]; then # not a class of this release's
		list=$(stress-ng --stressors | tr ' ' '\n' | grep -E '^(sig|kill$|itimer$|timer)')
	else
		list=$(stress-ng --class "$class?" | sed 's/^[^:]*://')
	fi
	own= left=
	for s in $list; do
		case " $seen " in *" $s "*) continue ;; esac
		seen="$seen $s"
		if awk '{print $1}' exclude | grep -qx -e "$s"; then left="$left $s"; else own="$own $s"; fi
	done
	[ $class != "$wanted" ] || break
done
passed=0 skipped= failed=
for s in $own; do
	rc=0
	timeout -k 10 120 stress-ng --$s 1 --timeout 1 --verify --oomable --temp-path "$PWD" >log 2>&1 || rc=$?
	case $rc in
	0) passed=$((passed + 1)) ;;
	3 | 4) skipped="$skipped $s" ;; # the machine or its kernel has not what it wants
	*)
		if grep -q 'enable it with the --pathological option' log; then
			left="$left $s"
		else
			failed="$failed $s($rc)"
		fi
		;;
	esac
	[ $rc = 0 ] || { echo "$s: status $rc"; cat log; } >&2
done
echo "note: $passed pass"
[ -z "$left" ] || echo "note: not run:$left"
[ -z "$skipped" ] || echo "note: skipped:$skipped"
[ -z "$failed" ] || echo "note: FAILED:$failed"
[ -z "$failed" ]
[ $passed -gt 0 ]
echo "all that ran pass"
